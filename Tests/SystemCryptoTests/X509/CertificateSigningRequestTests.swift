// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import TestSupport
import Testing

@Suite struct CertificateSigningRequestTests {
    static let subject = DistinguishedName(commonName: "c0ffee", organization: "Lamassu", organizationalUnit: "Factory", country: "ES")

    @Test(arguments: [KeyAlgorithm.rsa2048, .ecP256, .ecP384])
    func `openssl verifies a request and reads its subject`(algorithm: KeyAlgorithm) throws {
        let request = try CertificateSigningRequest(subject: Self.subject, key: .generate(algorithm))
        let text = try OpenSSLCommand.run(["req", "-verify", "-noout", "-subject"], input: Array(request.pem.utf8))
        #expect(text.status == 0)
        #expect(text.errors.contains("verify OK"))
        #expect(text.text == "subject=C = ES, O = Lamassu, OU = Factory, CN = c0ffee\n")
        #expect(request.subject == Self.subject)
        #expect(request.publicKey.algorithm == algorithm)
        try request.verifySignature()
        #expect(try CertificateSigningRequest(pem: request.pem) == request)
    }

    @Test func `a request that openssl made is read and verified`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let pem = try OpenSSLCommand.output(
            ["req", "-new", "-key", "key", "-subj", "/CN=device/O=Maker", "-addext", "subjectAltName=DNS:device.example"],
            files: ["key": Array(key.pem().utf8)])
        let request = try CertificateSigningRequest(pem: pem)
        #expect(request.pem == pem)
        #expect(request.subject == DistinguishedName(attributes: [.init(.commonName, "device"), .init(.organization, "Maker")]))
        #expect(request.publicKey == key.publicKey)
        try request.verifySignature()
    }

    @Test func `a request that somebody changed does not verify`() throws {
        var der = try CertificateSigningRequest(subject: Self.subject, key: .generate(.ecP256)).der
        let name = Array("c0ffee".utf8)
        let start = try #require((0..<(der.count - name.count)).first { Array(der[$0..<($0 + name.count)]) == name })
        der[start] = UInt8(ascii: "d")
        let changed = try CertificateSigningRequest(der: der)
        #expect(changed.subject.commonName == "d0ffee")
        #expect(throws: CryptoError(.signatureMismatch, message: "")) { try changed.verifySignature() }
        #expect(throws: CryptoError(.signatureMismatch, message: "")) {
            try CertificateBuilder(request: changed, validity: TestAuthority.century)
        }
    }

    @Test(arguments: [
        DistinguishedName(commonName: String(repeating: "x", count: 65)), DistinguishedName(commonName: nil, country: "Spain"),
        DistinguishedName(commonName: ""), DistinguishedName(attributes: [.init(.init(objectIdentifier: "no identifier"), "x")]),
    ])
    func `a name that cannot be encoded is an error`(subject: DistinguishedName) throws {
        let key = try PrivateKey.generate(.ecP256)
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try CertificateSigningRequest(subject: subject, key: key) }
    }

    @Test func `a registration code fits into a common name`() throws {
        let code = String(repeating: "a1b2", count: 16)
        let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: code), key: .generate(.ecP256))
        #expect(request.subject.commonName == code)
    }

    @Test func `every truncation and every byte too much is an error`() throws {
        let der = try CertificateSigningRequest(subject: Self.subject, key: .generate(.ecP256)).der
        for count in 0..<der.count {
            #expect(throws: CryptoError(.malformedSigningRequest, message: "")) {
                try CertificateSigningRequest(der: Array(der.prefix(count)))
            }
        }
        #expect(throws: CryptoError(.malformedSigningRequest, message: "")) { try CertificateSigningRequest(der: der + [0]) }
    }

    @Test func `changed bytes give a request or an error and never a trap`() throws {
        let der = try CertificateSigningRequest(subject: Self.subject, key: .generate(.ecP256)).der
        var random = SeededGenerator(seed: 3)
        for _ in 0..<2_000 {
            do throws(CryptoError) {
                try CertificateSigningRequest(der: random.mutation(of: der)).verifySignature()
            } catch { #expect(!error.message.isEmpty) }
        }
    }
}
