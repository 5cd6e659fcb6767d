// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemCrypto
import Testing

/// Keys in a token of SoftHSM, each test in a process of its own.
@Suite struct HardwareKeyTests {
    static let address = "pkcs11:token=lamassu;object=ca;type=private"

    @Test func `a key in hardware signs as its twin in memory does`() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            for (algorithm, id) in [(KeyAlgorithm.rsa2048, "01"), (.ecP256, "02"), (.ecP384, "03"), (.ecP521, "04")] {
                let twin = try PrivateKey.generate(algorithm)
                try token.add(twin, label: "key-\(id)", id: id)
                let key = try PrivateKey(pkcs11URI: "pkcs11:token=lamassu;object=key-\(id)", pin: SoftToken.pin)
                #expect(OpenSSLErrorQueue.isEmpty)
                #expect(key.algorithm == algorithm)
                #expect(key.publicKey == twin.publicKey)
                #expect(key.isInHardware && !twin.isInHardware)
                #expect("\(key)" == "PrivateKey(\(algorithm), in hardware)")
                let message = Array("signed in hardware".utf8)
                let signature = try key.signature(for: message.span)
                #expect(OpenSSLErrorQueue.isEmpty)
                #expect(try twin.publicKey.isValidSignature(signature.span, for: message.span))
                #expect(throws: CryptoError(.keyNotExtractable, message: "")) { try key.pem() }
                #expect(throws: CryptoError(.keyNotExtractable, message: "")) { try key.encryptedPEM(passphrase: "secret") }
            }
        }
    }

    @Test func `an authority whose key is in hardware issues certificates`() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            try token.add(.generate(.ecP384), label: "ca", id: "01")
            let key = try PrivateKey(pkcs11URI: Self.address, pin: SoftToken.pin)
            let builder = CertificateBuilder(
                subject: DistinguishedName(commonName: "Hardware CA"), publicKey: key.publicKey, validity: TestAuthority.century,
                basicConstraints: .certificateAuthority(pathLength: 0))
            let authority = TestAuthority(key: key, certificate: try builder.selfSigned(by: key))
            let device = try authority.issue()
            #expect(try device.verifyChain(to: [authority.certificate], at: 1_767_225_600) == [device, authority.certificate])
            let request = try CertificateSigningRequest(subject: DistinguishedName(commonName: "x"), key: key)
            try request.verifySignature()
            let files = ["ca": Array(authority.certificate.pem.utf8), "device": Array(device.pem.utf8)]
            #expect(try OpenSSLCommand.output(["verify", "-CAfile", "ca", "device"], files: files) == "device: OK\n")
        }
    }

    @Test func `one key in hardware signs on many threads at once`() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let twin = try PrivateKey.generate(.ecP256)
            try token.add(twin, label: "ca", id: "01")
            let key = try PrivateKey(pkcs11URI: Self.address, pin: SoftToken.pin)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        // Half of the tasks reach the key themselves.
                        let own = number % 2 == 0 ? key : try PrivateKey(pkcs11URI: Self.address, pin: SoftToken.pin)
                        let message = [UInt8](repeating: UInt8(number), count: 100)
                        let signature = try own.signature(for: message.span)
                        #expect(try twin.publicKey.isValidSignature(signature.span, for: message.span))
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a key that cannot be reached is an error, and does not keep others from being reached`() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            try token.add(.generate(.ecP256), label: "ca", id: "01")
            let wrong: [(uri: String, pin: String?)] = [
                (Self.address, "1234"), (Self.address, nil), ("pkcs11:token=lamassu;object=other", SoftToken.pin),
                ("pkcs11:token=other;object=ca", SoftToken.pin), ("pkcs11:;;;???&&&=%%%", nil), ("pkcs11:id=%zz", nil),
                ("pkcs11:" + String(repeating: "object=x;", count: 400), SoftToken.pin),
            ]
            for (uri, pin) in wrong {
                do throws(CryptoError) {
                    _ = try PrivateKey(pkcs11URI: uri, pin: pin)
                    Issue.record("\(uri) was reached")
                } catch {
                    #expect(OpenSSLErrorQueue.isEmpty)
                    #expect(error.code == .hardwareKeyUnavailable, "\(error)")
                    #expect(!error.description.contains("1234") && !error.description.contains("12%20"), "\(error)")
                }
            }
            #expect(try PrivateKey(pkcs11URI: Self.address, pin: SoftToken.pin).algorithm == .ecP256)
            #expect(OpenSSLErrorQueue.isEmpty)
        }
    }

    @Test func `the PIN may stand in a file that the address names`() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            try token.add(.generate(.ecP256), label: "ca", id: "01")
            let file = token.folder.appendingPathComponent("pin")
            try Data(SoftToken.pin.utf8).write(to: file)
            #expect(try PrivateKey(pkcs11URI: "\(Self.address)?pin-source=file:\(file.path)").algorithm == .ecP256)
        }
    }

    @Test func `without a provider and an engine the error says what to install`() async {
        await #expect(processExitsWith: .success) {
            unsafe setenv("OPENSSL_ENGINES", "/nonexistent", 1)
            unsafe setenv("OPENSSL_MODULES", "/nonexistent", 1)
            do throws(CryptoError) {
                _ = try PrivateKey(pkcs11URI: Self.address, pin: SoftToken.pin)
                Issue.record("a key was reached")
            } catch {
                #expect(error.code == .hardwareSupportMissing)
                #expect(error.message.contains("libengine-pkcs11-openssl"))
            }
        }
    }

    @Test(arguments: [
        ("", nil), ("pkcs12:object=x", nil), ("pkcs11:object=a b", nil), ("pkcs11:object=\u{e4}", nil), ("pkcs11:a\u{0}b", nil),
        ("pkcs11:" + String(repeating: "x", count: 4_096), nil), (address, ""), (address, "1\u{0}2"),
        (address, String(repeating: "1", count: 257)), (address + "?pin-value=1", "1"), (address + "?pin-source=file:x", "1"),
    ])
    func `text that is no address or PIN is an error`(uri: String, pin: String?) {
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try PrivateKey(pkcs11URI: uri, pin: pin) }
    }

    @Test func `a key is read from OpenSSL's store, as those of a provider are`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("key-\(UUID().uuidString).pem")
        defer { try? FileManager.default.removeItem(at: file) }
        // A certificate before the key is passed over.
        let certificate = try TestAuthority().certificate
        try Data((certificate.pem + key.pem()).utf8).write(to: file)
        #expect(try PrivateKey(storedAt: "file:\(file.path)").publicKey == key.publicKey)
        try Data(key.encryptedPEM(passphrase: "secret").utf8).write(to: file)
        for uri in ["file:\(file.path)", "file:\(file.path)-none", "pkcs11:object=x", ""] {
            #expect(throws: CryptoError(.hardwareKeyUnavailable, message: "")) { try PrivateKey(storedAt: uri) }
        }
    }
}
