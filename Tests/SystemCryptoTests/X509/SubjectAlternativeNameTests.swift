// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import TestSupport
import Testing

/// Alternative names in certificates and requests, both ways with the `openssl` command and Python's `cryptography`.
@Suite struct SubjectAlternativeNameTests {
    private struct MadeText: Decodable { let pem: String }

    private struct ReadRequest: Decodable {
        let subject: String
        let names: [String]
        let `public`: String
        let valid: Bool
    }

    private struct ReadCertificate: Decodable {
        let subject: String
        let issuer: String
        let serial: String
        let names: [String]
        let fingerprint: String
        let authority: Bool
        let signs: Bool
    }

    static let names: [SubjectAlternativeName] = [
        .dnsName("device-1.example"), .ipAddress([192, 0, 2, 7]),
        .ipAddress([0x20, 0x01, 0x0d, 0xb8] + [UInt8](repeating: 0, count: 11) + [1]),
        .emailAddress("ops@example.com"), .uniformResourceIdentifier("urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"),
    ]
    /// The same in the words of Judge/judge.py.
    static let texts = [
        "DNS:device-1.example", "IP:192.0.2.7", "IP:2001:db8::1", "email:ops@example.com",
        "URI:urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66",
    ]

    @Test func `cryptography reads a request and a certificate that were made here`() throws {
        let key = try PrivateKey.generate(.ecP521)
        let request = try CertificateSigningRequest(
            subject: DistinguishedName(commonName: "device-1", organization: "Maker"), subjectAlternativeNames: Self.names, key: key)
        #expect(request.subjectAlternativeNames == Self.names)
        let read = try PythonJudge.ask("read request", ["pem": request.pem], as: ReadRequest.self)
        #expect(read.subject == "CN=device-1,O=Maker")
        #expect(read.names == Self.texts)
        #expect(read.public == key.publicKey.pem)
        #expect(read.valid)

        let authority = try TestAuthority()
        var builder = try CertificateBuilder(request: request, validity: TestAuthority.century)
        #expect(builder.subjectAlternativeNames.isEmpty)
        builder.subjectAlternativeNames = request.subjectAlternativeNames
        let certificate = try builder.signed(by: authority.key, of: authority.certificate)
        #expect(certificate.subjectAlternativeNames == Self.names)
        let seen = try PythonJudge.ask("read certificate", ["pem": certificate.pem], as: ReadCertificate.self)
        #expect(seen.subject == "CN=device-1,O=Maker")
        #expect(seen.issuer == "CN=Test CA,O=Lamassu")
        #expect(seen.serial == certificate.serialNumber.hexadecimal)
        #expect(seen.names == Self.texts)
        #expect(seen.fingerprint == certificate.fingerprint.hexadecimal)
        #expect(!seen.authority)
        #expect(seen.signs)
    }

    @Test func `a request and a certificate that cryptography made are read`() throws {
        let request = try CertificateSigningRequest(
            pem: PythonJudge.ask("make request", ["name": "device-2"], as: MadeText.self).pem)
        #expect(request.subject == DistinguishedName(commonName: "device-2"))
        #expect(request.subjectAlternativeNames == Self.names)
        try request.verifySignature()

        let parameters = ["name": "device-3", "serial": "c0ffee", "seconds": "86402"]
        let certificate = try X509Certificate(pem: PythonJudge.ask("make certificate", parameters, as: MadeText.self).pem)
        #expect(certificate.subject == DistinguishedName(commonName: "device-3"))
        #expect(certificate.serialNumber.hexadecimal == "c0ffee")
        #expect(certificate.subjectAlternativeNames == Self.names)
        // 2025-12-31T23:59:59Z and a day and two seconds later.
        #expect(certificate.validity == CertificateValidity(notBefore: 1_767_225_599, notAfter: 1_767_312_001))
        #expect(certificate.publicKey.algorithm == .ecP384)
    }

    @Test func `names that openssl wrote are read, of every kind`() throws {
        let configuration = """
            [req]
            distinguished_name = empty
            x509_extensions = extensions
            [empty]
            [extensions]
            subjectAltName = @names
            [names]
            DNS.1 = a.example
            DNS.2 = *.b.example
            dirName = directory
            otherName = 1.3.6.1.4.1.311.20.2.3;UTF8:user@example
            RID = 1.2.3
            [directory]
            CN = device
            O = Maker
            """
        let key = try PrivateKey.generate(.ecP256).pem()
        let pem = try OpenSSLCommand.output(
            ["req", "-x509", "-new", "-key", "key", "-subj", "/CN=x", "-config", "config"],
            files: ["key": Array(key.utf8), "config": Array(configuration.utf8)])
        let names = try X509Certificate(pem: pem).subjectAlternativeNames
        #expect(names.count == 5)
        #expect(names.contains(.dnsName("a.example")))
        #expect(names.contains(.dnsName("*.b.example")))
        #expect(names.contains(.directoryName(DistinguishedName(commonName: "device", organization: "Maker").reversed)))
        // A registered identifier has tag 8.
        #expect(names.contains(.other(der: [0x88, 0x02, 0x2a, 0x03])))

        // What was read is written again as it was.
        let key2 = try PrivateKey.generate(.ecP256)
        let request = try CertificateSigningRequest(
            subject: DistinguishedName(commonName: "x"), subjectAlternativeNames: names, key: key2)
        #expect(request.subjectAlternativeNames == names)
    }

    @Test func `names without a subject are critical`() throws {
        let key = try PrivateKey.generate(.ecP256)
        for (subject, isCritical) in [(DistinguishedName(attributes: []), true), (DistinguishedName(commonName: "x"), false)] {
            let request = try CertificateSigningRequest(subject: subject, subjectAlternativeNames: [.dnsName("a.example")], key: key)
            let text = try OpenSSLCommand.output(["req", "-noout", "-text", "-verify"], input: Array(request.pem.utf8))
            #expect(text.contains("X509v3 Subject Alternative Name: \(isCritical ? "critical" : "")\n"))
            #expect(text.contains("DNS:a.example"))
        }
    }

    @Test(arguments: [
        SubjectAlternativeName.dnsName(""), .dnsName("a b"), .dnsName("a\u{0}b"), .dnsName("b\u{fc}cher.example"), .emailAddress("\n"),
        .uniformResourceIdentifier(String(repeating: "x", count: 2_049)), .ipAddress([]), .ipAddress([1, 2, 3]), .other(der: []),
        .other(der: [0x82, 0x05, 0x61]), .other(der: [0x82, 0x01, 0x61, 0x00]),
    ])
    func `a name that cannot be written is an error`(name: SubjectAlternativeName) throws {
        let key = try PrivateKey.generate(.ecP256)
        #expect(throws: CryptoError(.invalidArgument, message: "")) {
            try CertificateSigningRequest(subject: DistinguishedName(commonName: "x"), subjectAlternativeNames: [name], key: key)
        }
    }

    @Test func `a description says the kind and is safe to show`() {
        #expect(Self.names.map(\.description)[..<2] == Self.texts[..<2])
        #expect(Self.names[2].description == "IP:2001:db8:0:0:0:0:0:1")
        #expect(SubjectAlternativeName.dnsName("a\nb").description == #"DNS:"a\nb""#)
        #expect(SubjectAlternativeName.other(der: [0x88, 0]).description == "other:8800")
        #expect(SubjectAlternativeName.directoryName(DistinguishedName(commonName: "x")).description == #"DirName:CN="x""#)
    }

    @Test func `changed bytes give a certificate or a request or an error, and never a trap`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let request = try CertificateSigningRequest(
            subject: DistinguishedName(commonName: "x"), subjectAlternativeNames: Self.names, key: key)
        var builder = try CertificateBuilder(request: request, validity: TestAuthority.century)
        builder.subjectAlternativeNames = Self.names
        let certificate = try builder.selfSigned(by: key)
        var random = SeededGenerator(seed: 4)
        for _ in 0..<1_500 {
            let bytes = random.mutation(of: certificate.der)
            let changed = Result { () throws(CryptoError) in
                // What can be read can be asked for a chain, trusted or not.
                let certificate = try X509Certificate(der: bytes)
                return try certificate.verifyChain(to: [certificate], through: [certificate], at: 1_767_225_600)
            }
            if case .failure(let error) = changed { #expect(!error.message.isEmpty) }
        }
        let der = request.der
        for _ in 0..<1_500 {
            let bytes = random.mutation(of: der)
            do throws(CryptoError) {
                let request = try CertificateSigningRequest(der: bytes)
                #expect(request.der == bytes && request.subjectAlternativeNames.allSatisfy { !$0.description.isEmpty })
            } catch { #expect(!error.message.isEmpty) }
        }
    }
}

extension DistinguishedName {
    /// The same name with its attributes in the other order, in which OpenSSL's configuration files have them here.
    fileprivate var reversed: DistinguishedName { DistinguishedName(attributes: self.attributes.reversed()) }
}
