// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct HMACSHA256Tests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let number: Int
        let key: [UInt8]
        let message: [UInt8]
        let code: String
        var testDescription: String { "RFC 4231 test case \(self.number)" }
    }

    /// RFC 4231 section 4; the code of case 5 is cut to 128 bits there.
    static let vectors: [Vector] = [
        Vector(
            number: 1, key: [UInt8](repeating: 0x0b, count: 20), message: Array("Hi There".utf8),
            code: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
        Vector(
            number: 2, key: Array("Jefe".utf8), message: Array("what do ya want for nothing?".utf8),
            code: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        Vector(
            number: 3, key: [UInt8](repeating: 0xaa, count: 20), message: [UInt8](repeating: 0xdd, count: 50),
            code: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
        Vector(
            number: 4, key: Array(1...25), message: [UInt8](repeating: 0xcd, count: 50),
            code: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
        Vector(
            number: 5, key: [UInt8](repeating: 0x0c, count: 20), message: Array("Test With Truncation".utf8),
            code: "a3b6167473100ee06e0c796c2955552b"),
        Vector(
            number: 6, key: [UInt8](repeating: 0xaa, count: 131),
            message: Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
            code: "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
        Vector(
            number: 7, key: [UInt8](repeating: 0xaa, count: 131),
            message: Array(
                "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm."
                    .utf8),
            code: "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"),
    ]

    @Test(arguments: vectors)
    func `a message has the code of the standard's example`(vector: Vector) throws {
        let code = try HMACSHA256(key: vector.key.span).authenticationCode(for: vector.message.span).hexadecimal
        #expect(code.hasPrefix(vector.code))
        #expect(vector.number == 5 || code == vector.code)
    }

    @Test func `an empty key and an empty message have the code that another implementation computes`() throws {
        // Python: hmac.new(b"", b"", "sha256").hexdigest()
        let empty: [UInt8] = []
        let code = try HMACSHA256(key: empty.span).authenticationCode(for: empty.span)
        #expect(code.hexadecimal == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test func `messages under one key have their own codes, one after the other`() throws {
        let vector = try #require(Self.vectors.first { $0.number == 2 })
        let key = try HMACSHA256(key: vector.key.span)
        for _ in 0..<3 {
            let code = try key.authenticationCode(for: vector.message.span)
            #expect(code.hexadecimal == vector.code)
            // What came between leaves nothing behind.
            _ = try key.authenticationCode(for: vector.key.span)
        }
    }

    @Test func `one key serves many threads at once`() async throws {
        let key = try HMACSHA256(key: Array("key".utf8).span)
        try await expectSameOnManyThreads { try key.authenticationCode(for: $0.span) }
    }

    @Test func `the key is not shown`() throws {
        let key = try HMACSHA256(key: Array("open sesame".utf8).span)
        var dumped = ""
        dump(key, to: &dumped)
        #expect(!dumped.contains("sesame"))
        #expect("\(key) \(String(reflecting: key))".contains("sesame") == false)
    }
}
