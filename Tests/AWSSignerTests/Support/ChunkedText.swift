// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// A body of chunks taken apart, written apart from the module under test.
struct ChunkedText {
    var lengths: [Int] = []
    var signatures: [String] = []
    var body: [UInt8] = []
    var trailers: [String] = []
    var trailerSignature: String?

    init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        func line() throws -> String {
            let end = try #require(rest.indices.dropLast().first { rest[$0] == 0x0d && rest[$0 + 1] == 0x0a })
            defer { rest = rest[(end + 2)...] }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
        while self.lengths.last != 0 {
            let parts = try line().split(separator: ";", omittingEmptySubsequences: false)
            let length = try #require(Int(parts[0], radix: 16))
            self.lengths.append(length)
            if parts.count > 1 {
                let signature = try #require(parts[1].split(separator: "=").last)
                self.signatures.append(String(signature))
            }
            guard length > 0 else { continue }
            self.body += rest.prefix(length)
            rest = rest.dropFirst(length)
            #expect(try line() == "")
        }
        while case let text = try line(), !text.isEmpty {
            let name = "x-amz-trailer-signature:"
            if text.hasPrefix(name) { self.trailerSignature = String(text.dropFirst(name.count)) } else { self.trailers.append(text) }
        }
        #expect(rest.isEmpty)
    }
}
