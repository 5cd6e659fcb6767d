// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct PrivateKeyTests {
    static let algorithms: [KeyAlgorithm] = [.rsa2048, .rsa3072, .rsa4096, .ecP256, .ecP384, .ecP521]

    @Test(arguments: algorithms)
    func `a new key is one that openssl reads and finds consistent`(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        #expect(key.algorithm == algorithm)
        let pem = try key.pem()
        #expect(pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        #expect(try OpenSSLCommand.output(["pkey", "-check", "-noout"], input: Array(pem.utf8)).contains("Key is valid"))
        let again = try PrivateKey(pem: pem)
        #expect(again.algorithm == algorithm)
        #expect(again.publicKey == key.publicKey)
        #expect(try again.pem() == pem)
    }

    @Test func `two keys differ`() throws {
        #expect(try PrivateKey.generate(.ecP256).publicKey != PrivateKey.generate(.ecP256).publicKey)
    }

    @Test(arguments: [
        (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], KeyAlgorithm.rsa2048),
        (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], .ecP256),
        (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], .ecP384),
        (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], .ecP521),
    ])
    func `a key that openssl made is read`(options: [String], algorithm: KeyAlgorithm) throws {
        let pem = try OpenSSLCommand.output(["genpkey"] + options)
        let key = try PrivateKey(pem: pem)
        #expect(key.algorithm == algorithm)
        #expect(try key.pem() == pem)
        let publicKey = try OpenSSLCommand.run(["pkey", "-pubout", "-outform", "DER"], input: Array(pem.utf8)).output
        #expect(key.publicKey.subjectPublicKeyInfo == publicKey)
        #expect(key.publicKey.algorithm == algorithm)
    }

    @Test(arguments: [
        ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        ["-algorithm", "ED25519"],
    ])
    func `a key of another kind is refused`(options: [String]) throws {
        let pem = try OpenSSLCommand.output(["genpkey"] + options)
        #expect(throws: CryptoError(.unsupportedKey, message: "")) { try PrivateKey(pem: pem) }
    }

    @Test(arguments: [KeyAlgorithm.rsa2048, .ecP256, .ecP384, .ecP521])
    func `openssl accepts a signature, and each side refuses one over other bytes`(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let message = Array("registration code".utf8)
        let signature = try key.signature(for: message.span)
        let digest = algorithm == .ecP521 ? "-sha512" : algorithm == .ecP384 ? "-sha384" : "-sha256"
        let files = ["key": Array(key.publicKey.pem.utf8), "signature": signature]
        let arguments = ["dgst", digest, "-verify", "key", "-signature", "signature"]
        #expect(try OpenSSLCommand.output(arguments, input: message, files: files) == "Verified OK\n")
        #expect(try OpenSSLCommand.run(arguments, input: message + [0], files: files).status != 0)
        #expect(try key.publicKey.isValidSignature(signature.span, for: message.span))
        #expect(try !key.publicKey.isValidSignature(signature.span, for: (message + [0]).span))
        #expect(try !key.publicKey.isValidSignature(signature.span.extracting(droppingLast: 1), for: message.span))
        #expect(try !PrivateKey.generate(algorithm).publicKey.isValidSignature(signature.span, for: message.span))
        let empty: [UInt8] = []
        #expect(try !key.publicKey.isValidSignature(empty.span, for: message.span))
    }

    @Test func `one key signs on many threads at once`() async throws {
        let key = try PrivateKey.generate(.rsa2048)
        let message: [UInt8] = [1, 2, 3]
        let expected = try key.signature(for: message.span)
        try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<32 { group.addTask { try key.signature(for: message.span) } }
            for try await signature in group { #expect(signature == expected) }
        }
    }

    @Test func `the key is not shown`() throws {
        let key = try PrivateKey.generate(.ecP256)
        var dumped = ""
        dump(key, to: &dumped)
        #expect(dumped.count < 100)
        #expect("\(key)" == "PrivateKey(EC P-256, redacted)")
    }

    @Test func `every truncation of a key is an error`() throws {
        let pem = Array(try PrivateKey.generate(.ecP256).pem().utf8)
        for count in 0..<(pem.count - 1) {
            #expect(throws: CryptoError.self) { try PrivateKey(pem: String(decoding: pem.prefix(count), as: UTF8.self)) }
        }
    }
}
