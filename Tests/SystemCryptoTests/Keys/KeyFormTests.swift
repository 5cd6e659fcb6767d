// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import TestSupport
import Testing

/// The forms in which private and public keys are written, both ways with the `openssl` command and Python's `cryptography`.
@Suite struct KeyFormTests {
    static let algorithms: [KeyAlgorithm] = [.rsa2048, .ecP256, .ecP384, .ecP521]
    static let passphrase = "p\u{e4}ss phrase"

    private struct MadeKey: Decodable {
        let pem: String
        let `public`: String
    }

    private struct ReadKey: Decodable {
        let algorithm: String
        let `public`: String
    }

    private struct Signature: Decodable { let signature: String }
    private struct Verdict: Decodable { let valid: Bool }

    @Test(arguments: algorithms, ["PKCS 8", "traditional"])
    func `a key that cryptography wrote is read, plain and encrypted`(algorithm: KeyAlgorithm, format: String) throws {
        let parameters = ["algorithm": algorithm.description, "format": format]
        let plain = try PythonJudge.ask("make key", parameters, as: MadeKey.self)
        let key = try PrivateKey(pem: plain.pem)
        #expect(key.algorithm == algorithm)
        #expect(key.publicKey.pem == plain.public)
        #expect(try PublicKey(pem: plain.public) == key.publicKey)
        #expect(try PrivateKey(pem: plain.pem, passphrase: "none is needed").publicKey == key.publicKey)

        let encrypted = try PythonJudge.ask("make key", parameters.merging(["passphrase": Self.passphrase]) { $1 }, as: MadeKey.self)
        #expect(try PrivateKey(pem: encrypted.pem, passphrase: Self.passphrase).publicKey.pem == encrypted.public)
        #expect(throws: CryptoError(.passphraseMissing, message: "")) { try PrivateKey(pem: encrypted.pem) }
        for wrong in ["", "p\u{e4}ss phras", Self.passphrase + "e"] {
            #expect(throws: CryptoError(.passphraseMismatch, message: "")) { try PrivateKey(pem: encrypted.pem, passphrase: wrong) }
        }
    }

    @Test(arguments: algorithms)
    func `cryptography reads a key that was written here, plain and encrypted`(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let plainPEM = try key.pem()
        let plain = try PythonJudge.ask("read key", ["pem": plainPEM], as: ReadKey.self)
        #expect(plain.algorithm == algorithm.description)
        #expect(plain.public == key.publicKey.pem)
        let pem = try key.encryptedPEM(passphrase: Self.passphrase)
        #expect(pem.hasPrefix("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"))
        let encrypted = try PythonJudge.ask("read key", ["pem": pem, "passphrase": Self.passphrase], as: ReadKey.self)
        #expect(encrypted.public == key.publicKey.pem)
        #expect(try PrivateKey(pem: pem, passphrase: Self.passphrase).publicKey == key.publicKey)
        #expect(throws: CryptoError(.passphraseMismatch, message: "")) { try PrivateKey(pem: pem, passphrase: "other") }
    }

    @Test(arguments: algorithms)
    func `signatures are checked both ways with cryptography`(algorithm: KeyAlgorithm) throws {
        let key = try PrivateKey.generate(algorithm)
        let message = Array("a message".utf8)
        let digits = Hexadecimal.encode(message.span)
        let pem = try key.pem()
        let theirs = try PythonJudge.ask("sign", ["pem": pem, "message": digits], as: Signature.self)
        let signature = try #require(Hexadecimal.decode(theirs.signature))
        #expect(try key.publicKey.isValidSignature(signature.span, for: message.span))
        let own = try key.signature(for: message.span)
        let ours = Hexadecimal.encode(own.span)
        for (digits, expected) in [(digits, true), (digits + "00", false)] {
            let verdict = try PythonJudge.ask(
                "verify", ["public": key.publicKey.pem, "signature": ours, "message": digits], as: Verdict.self)
            #expect(verdict.valid == expected)
        }
    }

    @Test func `what the openssl command writes is read`() throws {
        let rsa = try PrivateKey.generate(.rsa2048)
        let ec = try PrivateKey.generate(.ecP256)
        for (key, name) in [(rsa, "RSA"), (ec, "EC")] {
            let pem = Array(try key.pem().utf8)
            let traditional = try OpenSSLCommand.output(["pkey", "-traditional"], input: pem)
            #expect(traditional.hasPrefix("-----BEGIN \(name) PRIVATE KEY-----\n"))
            #expect(try PrivateKey(pem: traditional).publicKey == key.publicKey)
            for cipher in ["-aes256", "-des3"] {
                let encrypted = try OpenSSLCommand.output(["pkey", "-traditional", cipher, "-passout", "pass:secret"], input: pem)
                #expect(encrypted.contains("Proc-Type: 4,ENCRYPTED"))
                #expect(try PrivateKey(pem: encrypted, passphrase: "secret").publicKey == key.publicKey)
                #expect(throws: CryptoError(.passphraseMismatch, message: "")) { try PrivateKey(pem: encrypted, passphrase: "other") }
                #expect(throws: CryptoError(.passphraseMissing, message: "")) { try PrivateKey(pem: encrypted) }
            }
            for options in [["-v2", "aes-128-cbc"], ["-v2", "aes-256-cbc", "-v2prf", "hmacWithSHA512", "-iter", "1000"]] {
                let encrypted = try OpenSSLCommand.output(["pkcs8", "-topk8", "-passout", "pass:secret"] + options, input: pem)
                #expect(try PrivateKey(pem: encrypted, passphrase: "secret").publicKey == key.publicKey)
            }
            #expect(try OpenSSLCommand.output(["pkey", "-pubout"], input: pem) == key.publicKey.pem)
        }
        // Parameters stand before the key.
        let withParameters = try OpenSSLCommand.output(["ecparam", "-name", "prime256v1", "-genkey"])
        #expect(withParameters.hasPrefix("-----BEGIN EC PARAMETERS-----\n"))
        #expect(try PrivateKey(pem: withParameters).algorithm == .ecP256)
    }

    @Test func `openssl reads an encrypted key that was written here`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let pem = try key.encryptedPEM(passphrase: "secret")
        let text = try OpenSSLCommand.output(["pkey", "-passin", "pass:secret", "-pubout"], input: Array(pem.utf8))
        #expect(text == key.publicKey.pem)
        let structure = try OpenSSLCommand.output(["asn1parse"], input: Array(pem.utf8))
        for part in [":PBES2", ":PBKDF2", ":hmacWithSHA256", ":aes-256-cbc", ":0927C0"] { #expect(structure.contains(part)) }
    }

    @Test func `encryptions whose work is not bounded are refused unread`() throws {
        let pem = Array(try PrivateKey.generate(.ecP256).pem().utf8)
        for options in [["-scrypt"], ["-v1", "PBE-SHA1-3DES"]] {
            let encrypted = try OpenSSLCommand.output(["pkcs8", "-topk8", "-passout", "pass:secret"] + options, input: pem)
            #expect(throws: CryptoError(.unsupportedKey, message: "")) { try PrivateKey(pem: encrypted, passphrase: "secret") }
        }
        // The DER of 600,000 rounds with more in their place: 2,139,095,040.
        let key = try PrivateKey.generate(.ecP256).encryptedPEM(passphrase: "secret")
        var der = try OpenSSLCommand.run(["asn1parse", "-noout", "-out", "/dev/stdout"], input: Array(key.utf8)).output
        let rounds: [UInt8] = [0x02, 0x03, 0x09, 0x27, 0xc0]
        let start = try #require((0..<(der.count - 5)).first { Array(der[$0..<($0 + 5)]) == rounds })
        der.replaceSubrange((start + 2)..<(start + 5), with: [0x7f, 0xff, 0xff])
        let base64 = try OpenSSLCommand.output(["base64"], input: der)
        let pemOfMore = "-----BEGIN ENCRYPTED PRIVATE KEY-----\n\(base64)-----END ENCRYPTED PRIVATE KEY-----\n"
        #expect(throws: CryptoError(.passphraseMismatch, message: "")) { try PrivateKey(pem: pemOfMore, passphrase: "secret") }
    }

    @Test func `a private number that does not belong to the public key is an error`() throws {
        let pem = try PrivateKey.generate(.ecP256).pem()
        var der = try OpenSSLCommand.run(["pkcs8", "-topk8", "-nocrypt", "-outform", "DER"], input: Array(pem.utf8)).output
        // The private number follows its tag and length in the ECPrivateKey; the public point stands at the end.
        let tag: [UInt8] = [0x04, 0x20]
        let start = try #require((20..<(der.count - 2)).first { Array(der[$0..<($0 + 2)]) == tag })
        for (index, number) in [(start + 33, der[start + 33] ^ 1), (start + 2, 0xff)] {
            der[index] = number
            let base64 = try OpenSSLCommand.output(["base64"], input: der)
            #expect(throws: CryptoError(.malformedKey, message: "")) {
                try PrivateKey(pem: "-----BEGIN PRIVATE KEY-----\n\(base64)-----END PRIVATE KEY-----\n")
            }
        }
    }

    @Test(arguments: ["", String(repeating: "x", count: 1_025)])
    func `a passphrase that is none is an error`(passphrase: String) throws {
        let key = try PrivateKey.generate(.ecP256)
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try key.encryptedPEM(passphrase: passphrase) }
    }

    @Test func `text that is not one private key is an error`() throws {
        let key = try PrivateKey.generate(.ecP256)
        let pem = try key.pem()
        for text in ["", "garbage", pem + pem, key.publicKey.pem, pem.replacing("PRIVATE KEY", with: "DSA PRIVATE KEY"), "x\n" + pem] {
            #expect(throws: CryptoError(.malformedPEM, message: ""), "\(text.prefix(40))") { try PrivateKey(pem: text) }
        }
        #expect(throws: CryptoError(.malformedKey, message: "")) {
            try PrivateKey(pem: pem.replacing("PRIVATE KEY", with: "RSA PRIVATE KEY"))
        }
        #expect(throws: CryptoError(.malformedPEM, message: "")) { try PublicKey(pem: pem) }
    }

    @Test func `changed text gives a key or an error and never a trap`() throws {
        let rsa = try PrivateKey.generate(.rsa2048)
        let ec = try PrivateKey.generate(.ecP256)
        let pem = Array(try ec.pem().utf8)
        let traditional = try OpenSSLCommand.output(["pkey", "-traditional"], input: Array(rsa.pem().utf8))
        let ownEncryption = try OpenSSLCommand.output(["pkey", "-traditional", "-aes128", "-passout", "pass:s"], input: pem)
        let encrypted = try OpenSSLCommand.output(["pkcs8", "-topk8", "-passout", "pass:s", "-iter", "1"], input: pem)
        let texts = [String(decoding: pem, as: UTF8.self), ec.publicKey.pem, traditional, ownEncryption, encrypted]
        var random = SeededGenerator(seed: 3)
        for text in texts {
            for _ in 0..<300 {
                let changed = String(decoding: random.mutation(of: Array(text.utf8)), as: UTF8.self)
                let privateKey = Result { () throws(CryptoError) in try PrivateKey(pem: changed, passphrase: "s") }
                let publicKey = Result { () throws(CryptoError) in try PublicKey(pem: changed) }
                if case .failure(let error) = privateKey { #expect(!error.message.isEmpty) }
                if case .failure(let error) = publicKey { #expect(!error.message.isEmpty) }
            }
            for count in stride(from: 0, to: text.utf8.count - 1, by: 7) {
                #expect(throws: CryptoError.self) { try PrivateKey(pem: String(text.prefix(count)), passphrase: "s") }
            }
        }
    }
}
