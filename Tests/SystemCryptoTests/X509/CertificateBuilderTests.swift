// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct CertificateBuilderTests {
    @Test(arguments: [KeyAlgorithm.rsa2048, .ecP256, .ecP384])
    func `openssl verifies the chain of an authority and a device`(algorithm: KeyAlgorithm) throws {
        let authority = try TestAuthority(algorithm)
        let device = try authority.issue()
        let files = ["ca": Array(authority.certificate.pem.utf8)]
        let verified = try OpenSSLCommand.output(
            ["verify", "-x509_strict", "-check_ss_sig", "-CAfile", "ca"], input: Array(device.pem.utf8), files: files)
        #expect(verified == "stdin: OK\n")
    }

    @Test func `the extensions are what openssl reads`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let authority = try TestAuthority()
        var builder = CertificateBuilder(
            subject: DistinguishedName(commonName: "device"), publicKey: key.publicKey, validity: TestAuthority.century)
        builder.serialNumber = try CertificateSerialNumber(hexadecimal: "00c0ffee")
        builder.extendedKeyUsage = [.clientAuthentication]
        let device = try builder.signed(by: authority.key, of: authority.certificate)
        let text = try OpenSSLCommand.output(
            ["x509", "-noout", "-serial", "-dates", "-dateopt", "iso_8601", "-ext", "basicConstraints,keyUsage,extendedKeyUsage"],
            input: Array(device.pem.utf8))
        #expect(
            text == """
                serial=C0FFEE
                notBefore=2020-01-01 00:00:00Z
                notAfter=2120-01-01 00:00:00Z
                X509v3 Basic Constraints: critical
                    CA:FALSE
                X509v3 Key Usage: critical
                    Digital Signature
                X509v3 Extended Key Usage: 
                    TLS Web Client Authentication

                """)
        #expect(device.serialNumber.hexadecimal == "c0ffee")
        #expect(device.authorityKeyID == authority.certificate.subjectKeyID)
        #expect(device.subjectKeyID != device.authorityKeyID)
        #expect(device.issuer == authority.certificate.subject)
        #expect(device.publicKey == key.publicKey)
        #expect(device.validity == TestAuthority.century)
        #expect(device.validity.contains(TestAuthority.century.notBefore) && device.validity.contains(TestAuthority.century.notAfter))
        #expect(!device.validity.contains(TestAuthority.century.notBefore - 1))
        #expect(!device.validity.contains(TestAuthority.century.notAfter + 1))
    }

    @Test(arguments: [(nil, "CA:TRUE"), (0, "CA:TRUE, pathlen:0"), (3, "CA:TRUE, pathlen:3")] as [(UInt8?, String)])
    func `an authority is one within its path length`(pathLength: UInt8?, expected: String) throws {
        let key = try PrivateKey.generate(.ecP256)
        let certificate = try CertificateBuilder(
            subject: DistinguishedName(commonName: "CA"), publicKey: key.publicKey, validity: TestAuthority.century,
            basicConstraints: .certificateAuthority(pathLength: pathLength)
        ).selfSigned(by: key)
        #expect(certificate.isCA)
        #expect(certificate.keyUsage == [.digitalSignature, .certificateSigning, .revocationListSigning])
        let text = try OpenSSLCommand.output(["x509", "-noout", "-ext", "basicConstraints"], input: Array(certificate.pem.utf8))
        #expect(text == "X509v3 Basic Constraints: critical\n    \(expected)\n")
    }

    @Test func `an issuer without a key identifier can issue`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let pem = try OpenSSLCommand.output(
            ["req", "-x509", "-new", "-key", "key", "-subj", "/CN=CA", "-addext", "subjectKeyIdentifier=none"],
            files: ["key": Array(key.pem().utf8)])
        let issuer = try X509Certificate(pem: pem)
        #expect(issuer.subjectKeyID == nil)
        let device = try CertificateBuilder(
            subject: DistinguishedName(commonName: "device"), publicKey: key.publicKey, validity: TestAuthority.century
        ).signed(by: key, of: issuer)
        #expect(device.authorityKeyID == nil)
        try device.verifyIssued(by: issuer)
    }

    @Test func `serial numbers are random unless one is given`() throws {
        let authority = try TestAuthority()
        let numbers = try (0..<20).map { _ in try authority.issue().serialNumber }
        #expect(Set(numbers).count == 20)
        #expect(numbers.allSatisfy { $0.magnitude.count == 16 && $0.magnitude[0] < 0x80 })
    }

    @Test func `who is no authority and who has another key cannot issue`() throws {
        let authority = try TestAuthority()
        let device = try authority.issue()
        let builder = CertificateBuilder(
            subject: DistinguishedName(commonName: "x"), publicKey: authority.key.publicKey, validity: TestAuthority.century)
        let other = try PrivateKey.generate(.ecP256)
        #expect(throws: CryptoError(.issuerMismatch, message: "")) { try builder.signed(by: authority.key, of: device) }
        #expect(throws: CryptoError(.keyMismatch, message: "")) { try builder.signed(by: other, of: authority.certificate) }
        #expect(throws: CryptoError(.keyMismatch, message: "")) { try builder.selfSigned(by: other) }
    }

    @Test(arguments: [
        CertificateValidity(notBefore: 2, notAfter: 1), CertificateValidity(notBefore: 0, notAfter: 253_402_300_800),
        CertificateValidity(notBefore: .min, notAfter: .max),
    ])
    func `a time that cannot be encoded is an error`(validity: CertificateValidity) throws {
        let key = try PrivateKey.generate(.ecP256)
        let builder = CertificateBuilder(subject: DistinguishedName(commonName: "x"), publicKey: key.publicKey, validity: validity)
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try builder.selfSigned(by: key) }
    }

    @Test(arguments: [
        CertificateValidity(notBefore: 0, notAfter: 253_402_300_799),
        CertificateValidity(notBefore: 2_524_607_999, notAfter: 2_524_608_000),
    ])
    func `times before and after the change of encoding in 2050 come back`(validity: CertificateValidity) throws {
        let key = try PrivateKey.generate(.ecP256)
        let certificate = try CertificateBuilder(
            subject: DistinguishedName(commonName: "x"), publicKey: key.publicKey, validity: validity
        ).selfSigned(by: key)
        #expect(certificate.validity == validity)
    }

    @Test(arguments: ["", "0", "00", "0000", "xy", "1:2", "-01", String(repeating: "01", count: 21)])
    func `what is no serial number is an error`(text: String) {
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try CertificateSerialNumber(hexadecimal: text) }
    }

    @Test func `errors carry the text of OpenSSL`() throws {
        let error = #expect(throws: CryptoError.self) { try X509Certificate(der: [0x30, 0x80]) }
        let lines = try #require(error?.openSSLErrors)
        #expect(!lines.isEmpty)
        #expect(lines.allSatisfy { $0.hasPrefix("error:") })
        #expect(try #require(error).description.contains(lines[0]))
    }
}
