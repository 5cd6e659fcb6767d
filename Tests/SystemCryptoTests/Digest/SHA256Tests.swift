// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct SHA256Tests {
    /// Messages and digests of the examples to FIPS 180-4, and of nothing.
    static let vectors: [(String, String)] = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ]

    @Test(arguments: vectors)
    func `a message has the digest of the standard's example`(message: String, digest: String) throws {
        #expect(try SHA256.hash(Array(message.utf8)).hexadecimal == digest)
        #expect(try SHA256.hash(Array(message.utf8)).description == digest)
    }

    @Test func `a million letters have the digest of the standard's example`() throws {
        var digest = try SHA256()
        let piece = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000)
        for _ in 0..<1_000 { try digest.update(piece.span) }
        #expect(try digest.finalize().hexadecimal == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    }

    @Test func `pieces have the digest of the whole, wherever they are cut`() throws {
        let message = (0..<150).map { UInt8($0) }
        let whole = try SHA256.hash(message)
        for cut in 0...message.count {
            var digest = try SHA256()
            try digest.update(message.span.extracting(first: cut))
            try digest.update(message.span.extracting(droppingFirst: cut))
            #expect(try digest.finalize() == whole)
        }
    }

    @Test func `a digest is written in hexadecimal digits and in base64`() throws {
        // printf '' | openssl dgst -sha256 -binary | base64
        let digest = try SHA256.hash([UInt8]())
        #expect(digest.hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(digest.base64 == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
    }

    @Test func `digests are equal only when all bytes are`() throws {
        let digest = try SHA256.hash([1])
        #expect(try digest == SHA256.hash([1]))
        #expect(try digest != SHA256.hash([2]))
        #expect(digest.bytes.count == SHA256Digest.byteCount)
        #expect(try Set([digest, SHA256.hash([1]), SHA256.hash([2])]).count == 2)
    }

    @Test func `many threads digest at once`() async throws {
        try await expectSameOnManyThreads { try SHA256.hash($0) }
    }
}
