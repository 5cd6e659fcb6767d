// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

/// Chains of certificates, whose verdicts the `openssl` command has to share.
@Suite struct CertificateChainTests {
    /// 2026-01-01.
    static let now: Int64 = 1_767_225_600

    /// A root, an authority below it, and a device.
    struct Chain {
        let root: TestAuthority
        let middle: TestAuthority
        let device: X509Certificate

        init(
            rootPathLength: UInt8? = nil, middle constraints: BasicConstraints = .certificateAuthority(pathLength: 0),
            validity: CertificateValidity = TestAuthority.century, device: (inout CertificateBuilder) -> Void = { _ in }
        ) throws {
            self.root = try TestAuthority(commonName: "Root", pathLength: rootPathLength)
            let key = try PrivateKey.generate(.ecP384)
            var builder = CertificateBuilder(
                subject: DistinguishedName(commonName: "Middle"), publicKey: key.publicKey, validity: TestAuthority.century,
                basicConstraints: constraints)
            // An end entity that says that it may sign certificates is caught by its constraints alone.
            builder.keyUsage = [.digitalSignature, .certificateSigning]
            let middle = try builder.signed(by: self.root.key, of: self.root.certificate)
            self.middle = TestAuthority(key: key, certificate: middle)
            let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: "device"), key: .generate(.ecP256))
            var deviceBuilder = try CertificateBuilder(request: request, validity: validity)
            device(&deviceBuilder)
            self.device = try ForgedIssuer.sign(deviceBuilder, by: self.middle)
        }

        /// The verdict of this module and that of the command, which must agree.
        func verify(
            to anchors: [X509Certificate], through intermediates: [X509Certificate], at seconds: Int64 = now,
            purpose: CertificatePurpose = .any
        ) throws -> Result<[X509Certificate], CryptoError> {
            let ours = Result { () throws(CryptoError) in
                try self.device.verifyChain(to: anchors, through: intermediates, at: seconds, purpose: purpose)
            }
            var arguments = ["verify", "-partial_chain", "-attime", String(seconds), "-auth_level", "2", "-CAfile", "anchors"]
            arguments += ["-no-CApath", "-no-CAstore"]
            if !intermediates.isEmpty { arguments += ["-untrusted", "others"] }
            if purpose != .any { arguments += ["-purpose", purpose == .tlsClient ? "sslclient" : "sslserver"] }
            let files = [
                "anchors": Array(anchors.map(\.pem).joined().utf8), "others": Array(intermediates.map(\.pem).joined().utf8),
                "device": Array(self.device.pem.utf8),
            ]
            let theirs = try OpenSSLCommand.run(arguments + ["device"], files: files)
            var isTrusted = false
            if case .success = ours { isTrusted = true }
            #expect((theirs.status == 0) == isTrusted, "\(theirs.errors)")
            return ours
        }
    }

    private func expect(_ result: Result<[X509Certificate], CryptoError>, _ code: CryptoError.Code, _ text: String = "") {
        guard case .failure(let error) = result else {
            Issue.record("the chain is trusted")
            return
        }
        #expect(error.code == code, "\(error)")
        #expect(error.message.contains(text), "\(error)")
        #expect(error.message.contains(#"the chain of CN="device" fails at"#), "\(error)")
    }

    @Test func `a chain leads over authorities to one that is trusted`() throws {
        let chain = try Chain()
        let (root, middle) = (chain.root.certificate, chain.middle.certificate)
        let other = try TestAuthority(commonName: "Other").certificate
        #expect(try chain.verify(to: [root], through: [middle]).get() == [chain.device, middle, root])
        #expect(try chain.verify(to: [other, root], through: [other, root, middle, middle]).get() == [chain.device, middle, root])
        // What is trusted need not be self-signed, nor an authority.
        #expect(try chain.verify(to: [middle], through: []).get() == [chain.device, middle])
        #expect(try chain.verify(to: [chain.device], through: []).get() == [chain.device])
    }

    @Test func `a chain that leads nowhere is not trusted`() throws {
        let chain = try Chain()
        let (root, middle) = (chain.root.certificate, chain.middle.certificate)
        let impostor = try TestAuthority(commonName: "Root").certificate
        self.expect(try chain.verify(to: [root], through: []), .untrustedChain)
        self.expect(try chain.verify(to: [impostor], through: [middle]), .untrustedChain)
        let nothing = Result { () throws(CryptoError) in try chain.device.verifyChain(to: [], through: [root, middle], at: Self.now) }
        self.expect(nothing, .untrustedChain)
    }

    @Test func `time has its two ends, of which OpenSSL counts the last second no more`() throws {
        let validity = CertificateValidity(notBefore: Self.now, notAfter: Self.now + 60)
        let chain = try Chain(validity: validity)
        let (root, middle) = (chain.root.certificate, chain.middle.certificate)
        for (seconds, isValid) in [(Self.now - 1, false), (Self.now, true), (Self.now + 59, true), (Self.now + 60, false)] {
            let result = try chain.verify(to: [root], through: [middle], at: seconds)
            if isValid { _ = try result.get() } else { self.expect(result, .outsideValidity, #"CN="device", 0 above"#) }
        }
        // 2019-12-31, when the authorities were not valid yet.
        self.expect(try chain.verify(to: [root], through: [middle], at: 1_577_836_799), .outsideValidity)
    }

    @Test func `an authority is held to what it may do`() throws {
        let noAuthority = try Chain(middle: .endEntity)
        self.expect(
            try noAuthority.verify(to: [noAuthority.root.certificate], through: [noAuthority.middle.certificate]), .certificateNotAllowed)
        let tooLong = try Chain(rootPathLength: 0)
        self.expect(
            try tooLong.verify(to: [tooLong.root.certificate], through: [tooLong.middle.certificate]), .certificateNotAllowed, "path length"
        )
    }

    @Test(arguments: [
        (ExtendedKeyUsage(), CertificatePurpose.tlsClient, true), (ExtendedKeyUsage.clientAuthentication, .tlsClient, true),
        (ExtendedKeyUsage.serverAuthentication, .tlsClient, false), (ExtendedKeyUsage.serverAuthentication, .tlsServer, true),
        (ExtendedKeyUsage.serverAuthentication, .any, true), (ExtendedKeyUsage.clientAuthentication, .tlsServer, false),
    ])
    func `a certificate is for its purpose`(usage: ExtendedKeyUsage, purpose: CertificatePurpose, isAllowed: Bool) throws {
        let chain = try Chain { $0.extendedKeyUsage = usage }
        let result = try chain.verify(to: [chain.root.certificate], through: [chain.middle.certificate], purpose: purpose)
        if isAllowed { _ = try result.get() } else { self.expect(result, .certificateNotAllowed, "purpose") }
    }

    @Test func `a key that is too weak is not trusted`() throws {
        let authority = try TestAuthority(commonName: "Root")
        let weak = try OpenSSLCommand.output(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"])
        let request = try OpenSSLCommand.output(
            ["req", "-new", "-key", "key", "-subj", "/CN=device"], files: ["key": Array(weak.utf8)])
        let builder = try CertificateBuilder(request: CertificateSigningRequest(pem: request), validity: TestAuthority.century)
        let device = try builder.signed(by: authority.key, of: authority.certificate)
        let result = Result { () throws(CryptoError) in try device.verifyChain(to: [authority.certificate], at: Self.now) }
        self.expect(result, .certificateNotAllowed, "too weak")
    }

    @Test func `a changed certificate is not trusted`() throws {
        let chain = try Chain()
        var der = chain.device.der
        let name = Array("device".utf8)
        let start = try #require((0..<(der.count - name.count)).first { Array(der[$0..<($0 + name.count)]) == name })
        der[start] = UInt8(ascii: "D")
        let changed = try X509Certificate(der: der)
        #expect(throws: CryptoError(.signatureMismatch, message: "")) {
            try changed.verifyChain(to: [chain.root.certificate], through: [chain.middle.certificate], at: Self.now)
        }
    }

    @Test func `more certificates than are looked at are an error`() throws {
        let certificate = try TestAuthority().certificate
        let many = [X509Certificate](repeating: certificate, count: 1_025)
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try certificate.verifyChain(to: many, at: Self.now) }
        #expect(throws: CryptoError(.invalidArgument, message: "")) {
            try certificate.verifyChain(to: [certificate], through: many, at: Self.now)
        }
    }

    @Test func `a bundle is read past the text between its certificates`() throws {
        let chain = try Chain()
        let certificates = [chain.root.certificate, chain.middle.certificate, chain.device]
        let text = certificates.map { "# \($0.subject)\nExample = yes\n\($0.pem)" }.joined(separator: "\n") + "# end\n"
        #expect(try X509Certificate.bundle(pem: text) == certificates)
        let key = try PrivateKey.generate(.ecP256).pem()
        for wrong in ["", "no certificates", text + key, String(text.dropLast(40)), String(repeating: "-", count: 100)] {
            #expect(throws: CryptoError(.malformedPEM, message: "")) { try X509Certificate.bundle(pem: wrong) }
        }
        let tooLong = String(repeating: "\n", count: 4_194_305)
        #expect(throws: CryptoError(.inputTooLarge, message: "")) { try X509Certificate.bundle(pem: tooLong) }
    }
}

/// Signs with the key of what may be no authority, which the module under test refuses to do.
enum ForgedIssuer {
    static func sign(_ builder: CertificateBuilder, by issuer: TestAuthority) throws -> X509Certificate {
        if issuer.certificate.isCA { return try builder.signed(by: issuer.key, of: issuer.certificate) }
        let key = try issuer.key.pem()
        let deviceKey = try PrivateKey.generate(.ecP256)
        let request = try CertificateSigningRequest(subject: builder.subject, key: deviceKey)
        let files = [
            "key": Array(key.utf8), "issuer": Array(issuer.certificate.pem.utf8), "request": Array(request.pem.utf8),
        ]
        let pem = try OpenSSLCommand.output(
            ["x509", "-req", "-in", "request", "-CA", "issuer", "-CAkey", "key", "-CAcreateserial", "-days", "36500"], files: files)
        return try X509Certificate(pem: pem)
    }
}
