// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import TestSupport
import Testing

@Suite struct X509CertificateTests {
    /// A self-signed certificate made by the `openssl` command with `options` added.
    static func made(_ options: [String], subject: String = "/C=ES/O=Lamassu IoT/OU=R&D/L=Arrasate/ST=Gipuzkoa/CN=dev\u{ee}ce") throws
        -> String
    {
        let key = try OpenSSLCommand.output(["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
        return try OpenSSLCommand.output(
            ["req", "-x509", "-new", "-key", "key", "-utf8", "-subj", subject] + options, files: ["key": Array(key.utf8)])
    }

    /// What `openssl x509` prints of a certificate.
    static func openSSL(_ pem: String, _ options: [String]) throws -> String {
        try OpenSSLCommand.output(["x509", "-noout"] + options, input: Array(pem.utf8))
    }

    @Test func `what stands in a certificate is what openssl reads in it`() throws {
        let pem = try Self.made(["-set_serial", "0x00a1b2c3d4", "-days", "30"])
        let certificate = try X509Certificate(pem: pem)
        #expect(certificate.pem == pem)
        #expect(certificate.serialNumber.hexadecimal == "a1b2c3d4")
        #expect(certificate.subject.commonName == "dev\u{ee}ce")
        #expect(certificate.subject.organization == "Lamassu IoT")
        #expect(certificate.subject.organizationalUnit == "R&D")
        #expect(certificate.subject.country == "ES")
        #expect(certificate.subject.state == "Gipuzkoa")
        #expect(certificate.subject.locality == "Arrasate")
        #expect(certificate.issuer == certificate.subject)
        #expect(certificate.isCA)
        #expect(certificate.keyUsage == nil)
        #expect(certificate.publicKey.algorithm == .ecP256)
        #expect(certificate.validity.notAfter - certificate.validity.notBefore == 30 * 86_400)
        let start = try Self.openSSL(pem, ["-startdate", "-dateopt", "iso_8601"])
        #expect(start == "notBefore=\(ISO8601.text(certificate.validity.notBefore))\n")
        let fingerprint = try Self.openSSL(pem, ["-fingerprint", "-sha256"]).filter { $0 != ":" }.lowercased()
        #expect(fingerprint == "sha256 fingerprint=\(certificate.fingerprint)\n")
        let keyID = try #require(certificate.subjectKeyID)
        #expect(try Self.openSSL(pem, ["-ext", "subjectKeyIdentifier"]).filter { $0 != ":" }.lowercased().contains(keyID))
        #expect(certificate.authorityKeyID == keyID)
    }

    @Test(arguments: [
        ("0", "00"), ("1", "01"), ("0x7f", "7f"), ("0x80", "80"), ("0xff00", "ff00"), ("-5", "-05"),
        ("0x7936bc7a6a436dc130245d8bc1df37c120085697", "7936bc7a6a436dc130245d8bc1df37c120085697"),
    ])
    func `a serial number is written in lower-case digits without separators`(serial: String, expected: String) throws {
        #expect(try X509Certificate(pem: Self.made(["-set_serial", serial])).serialNumber.description == expected)
    }

    @Test(arguments: [
        (["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=keyCertSign"], true),
        (["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=digitalSignature"], false),
        (["-addext", "basicConstraints=CA:FALSE"], false),
    ])
    func `an authority is who may sign certificates`(options: [String], isCA: Bool) throws {
        #expect(try X509Certificate(pem: Self.made(options)).isCA == isCA)
    }

    @Test func `a certificate of version 1 is read and is no authority`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: "old"), key: key)
        let pem = try OpenSSLCommand.output(
            ["x509", "-req", "-signkey", "key"], input: Array(request.pem.utf8), files: ["key": Array(key.pem().utf8)])
        let certificate = try X509Certificate(pem: pem)
        #expect(!certificate.isCA)
        #expect(certificate.subjectKeyID == nil)
        #expect(certificate.authorityKeyID == nil)
    }

    @Test func `key usages are what openssl wrote`() throws {
        let certificate = try X509Certificate(
            pem: Self.made([
                "-addext", "keyUsage=critical,digitalSignature,keyEncipherment,decipherOnly", "-addext",
                "extendedKeyUsage=clientAuth,serverAuth",
            ]))
        #expect(certificate.keyUsage == [.digitalSignature, .keyEncipherment, .decipherOnly])
        #expect(certificate.extendedKeyUsage == [.clientAuthentication, .serverAuthentication])
    }

    @Test func `a key that this module does not use is carried`() throws {
        let key = try OpenSSLCommand.output(["genpkey", "-algorithm", "ED25519"])
        let pem = try OpenSSLCommand.output(["req", "-x509", "-new", "-key", "key", "-subj", "/CN=ed"], files: ["key": Array(key.utf8)])
        let certificate = try X509Certificate(pem: pem)
        #expect(certificate.publicKey.algorithm == nil)
        let expected = try OpenSSLCommand.run(["pkey", "-pubout", "-outform", "DER"], input: Array(key.utf8)).output
        #expect(certificate.publicKey.subjectPublicKeyInfo == expected)
        try certificate.verifyIssued(by: certificate)
    }

    @Test func `a name with a zero byte is not cut there`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let name = "good.example\u{0}.evil.example"
        let certificate = try CertificateBuilder(
            subject: DistinguishedName(commonName: name), publicKey: key.publicKey, validity: TestAuthority.century
        ).selfSigned(by: key)
        #expect(certificate.subject.commonName == name)
    }

    @Test func `an extension that stands twice is an error`() throws {
        let der = try X509Certificate(pem: Self.made(["-addext", "basicConstraints=CA:FALSE", "-addext", "keyUsage=digitalSignature"])).der
        // The object identifiers of key usage (2.5.29.15) and basic constraints (2.5.29.19) differ in their last byte.
        let keyUsage: [UInt8] = [0x06, 0x03, 0x55, 0x1d, 0x0f]
        let start = try #require((0..<(der.count - 5)).first { Array(der[$0..<($0 + 5)]) == keyUsage })
        var twice = der
        twice[start + 4] = 0x13
        #expect(throws: CryptoError(.malformedCertificate, message: "")) { try X509Certificate(der: twice) }
    }

    @Test func `the issuer is the one whose key signed`() throws {
        let authority = try TestAuthority()
        let certificate = try authority.issue()
        try certificate.verifyIssued(by: authority.certificate)
        try authority.certificate.verifyIssued(by: authority.certificate)
        // Another name; the same name with another key identifier; a certificate that is no authority.
        for other in [try TestAuthority(commonName: "Other CA").certificate, try TestAuthority().certificate, certificate] {
            #expect(throws: CryptoError(.issuerMismatch, message: "")) { try certificate.verifyIssued(by: other) }
        }
    }

    @Test func `a changed certificate is not its issuer's`() throws {
        let authority = try TestAuthority()
        var der = try authority.issue(commonName: "device-1").der
        let name = Array("device-1".utf8)
        let start = try #require((0..<(der.count - name.count)).first { Array(der[$0..<($0 + name.count)]) == name })
        der[start + 7] = UInt8(ascii: "2")
        let changed = try X509Certificate(der: der)
        #expect(changed.subject.commonName == "device-2")
        #expect(throws: CryptoError(.signatureMismatch, message: "")) { try changed.verifyIssued(by: authority.certificate) }
    }

    @Test func `equal means the same encoding`() throws {
        let authority = try TestAuthority()
        let first = try authority.issue()
        #expect(try first == X509Certificate(pem: first.pem))
        #expect(try Set([first, X509Certificate(der: first.der), authority.issue()]).count == 2)
    }

    @Test func `every truncation and every byte too much is an error`() throws {
        let der = try TestAuthority().certificate.der
        for count in 0..<der.count {
            #expect(throws: CryptoError(.malformedCertificate, message: "")) { try X509Certificate(der: Array(der.prefix(count))) }
        }
        #expect(throws: CryptoError(.malformedCertificate, message: "")) { try X509Certificate(der: der + [0]) }
    }

    @Test func `too long an input is not looked at`() {
        let der = [UInt8](repeating: 0x30, count: 65_537)
        #expect(throws: CryptoError(.inputTooLarge, message: "")) { try X509Certificate(der: der) }
        #expect(throws: CryptoError(.inputTooLarge, message: "")) { try X509Certificate(pem: String(repeating: " ", count: 65_537)) }
    }

    @Test func `changed bytes give a certificate or an error and never a trap`() throws {
        let der = try TestAuthority().issue().der
        var random = SeededGenerator(seed: 1)
        for _ in 0..<3_000 {
            let bytes = random.mutation(of: der)
            do throws(CryptoError) {
                let certificate = try X509Certificate(der: bytes)
                #expect(certificate.der == bytes)
            } catch { #expect(!error.message.isEmpty) }
        }
    }
}
