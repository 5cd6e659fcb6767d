// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct OpenSSLErrorQueueTests {
    /// Runs an operation that may fail; its errors have to be taken out of the queue.
    private func check(_ name: String, _ operation: () throws -> Void) {
        #expect(OpenSSLErrorQueue.isEmpty, "before \(name)")
        do { try operation() } catch { #expect(error is CryptoError, "\(name): \(error)") }
        #expect(OpenSSLErrorQueue.isEmpty, "after \(name)")
    }

    @Test func `no operation leaves an error for the next one`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let rsa = try PrivateKey.generate(.rsa2048)
        let pem = try key.pem()
        let encrypted = try OpenSSLCommand.output(["pkcs8", "-topk8", "-passout", "pass:s", "-iter", "1"], input: Array(pem.utf8))
        let old = try OpenSSLCommand.output(["pkey", "-traditional", "-aes128", "-passout", "pass:s"], input: Array(pem.utf8))
        let edwards = try OpenSSLCommand.output(["genpkey", "-algorithm", "ED25519"])
        let authority = try TestAuthority()
        let device = try authority.issue()
        let other = try TestAuthority(commonName: "Other")
        let message: [UInt8] = [1, 2, 3]
        let signature = try key.signature(for: message.span)

        for text in [
            "", "garbage", pem, encrypted, old, edwards, device.pem, key.publicKey.pem, pem.replacing("PRIVATE", with: "RSA PRIVATE"),
        ] {
            for passphrase in [nil, "", "s", "wrong"] {
                self.check("reading a key of \(text.prefix(40))") { _ = try PrivateKey(pem: text, passphrase: passphrase) }
            }
            self.check("reading a public key of \(text.prefix(40))") { _ = try PublicKey(pem: text) }
            self.check("reading a certificate of \(text.prefix(40))") { _ = try X509Certificate(pem: text) }
            self.check("reading a request of \(text.prefix(40))") { _ = try CertificateSigningRequest(pem: text) }
            self.check("reading a bundle of \(text.prefix(40))") { _ = try X509Certificate.bundle(pem: text) }
        }
        for der in [[], [0x30], [0x30, 0x00], message, device.der, Array(device.der.dropLast())] {
            self.check("reading a certificate of \(der.count) bytes") { _ = try X509Certificate(der: der) }
            self.check("reading a request of \(der.count) bytes") { _ = try CertificateSigningRequest(der: der) }
        }
        for bytes in [signature, message, [], Array(signature.dropLast())] {
            self.check("checking a signature by EC") { _ = try key.publicKey.isValidSignature(bytes.span, for: message.span) }
            self.check("checking a signature by RSA") { _ = try rsa.publicKey.isValidSignature(bytes.span, for: message.span) }
        }
        self.check("signing") { _ = try rsa.signature(for: message.span) }
        self.check("encrypting a key") { _ = try key.encryptedPEM(passphrase: "s") }
        self.check("a number that is no key") { _ = try PrivateKey(p256Scalar: SecretBytes(copying: message.span)) }
        self.check("an address that is none") { _ = try PrivateKey(storedAt: "pkcs11:object=x") }
        for anchors in [[], [authority.certificate], [other.certificate]] {
            self.check("verifying a chain") { _ = try device.verifyChain(to: anchors, at: 1_767_225_600) }
            self.check("verifying a chain later") { _ = try device.verifyChain(to: anchors, at: .max) }
            self.check("verifying a chain for TLS") { _ = try device.verifyChain(to: anchors, at: 1_767_225_600, purpose: .tlsServer) }
        }
        self.check("verifying an issuer") { try device.verifyIssued(by: authority.certificate) }
        self.check("verifying another issuer") { try device.verifyIssued(by: other.certificate) }
        for name in [
            DistinguishedName(commonName: "x"), DistinguishedName(commonName: ""), DistinguishedName(commonName: nil, country: "Spain"),
        ] {
            self.check("requesting for \(name)") { _ = try CertificateSigningRequest(subject: name, key: key) }
            self.check("requesting for a name beside \(name)") {
                let request = try CertificateSigningRequest(subject: name, subjectAlternativeNames: [.other(der: [0x82, 0x00])], key: key)
                try request.verifySignature()
            }
        }
        self.check("authenticating") { _ = try HMACSHA256(key: message.span).authenticationCode(for: message.span) }
    }
}
