// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import JSONCoding
import TestSupport
import Testing

/// The codec of event streams, held against messages of another hand; `Scripts/record-event-streams.py` writes the fixture.
@Suite struct EventStreamCodecTests {
    struct Case: Sendable, CustomStringConvertible {
        var description: String
        var encoded: [UInt8]
        var message: EventStreamMessage
    }

    static func cases() throws -> [Case] {
        try #require(try fixture("event-streams")["cases"]?.arrayValue).map { row in
            Case(
                description: try #require(row["name"]?.stringValue), encoded: try Self.bytes(row["encoded"]?.stringValue),
                message: EventStreamMessage(
                    headers: try #require(row["headers"]?.arrayValue).map { try Self.header($0) },
                    payload: try Self.bytes(row["payload"]?.stringValue)))
        }
    }

    private static func bytes(_ digits: String?) throws -> [UInt8] {
        let digits = Array(try #require(digits))
        return try stride(from: 0, to: digits.count, by: 2).map { try #require(UInt8(String(digits[$0...$0 + 1]), radix: 16)) }
    }

    private static func header(_ json: JSONValue) throws -> EventStreamMessage.Header {
        let parts = try #require(json.arrayValue).map { try #require($0.stringValue) }
        let text = parts[2]
        let value: EventStreamValue =
            switch parts[1] {
            case "bool": .bool(text == "True")
            case "byte": .byte(try #require(Int8(text)))
            case "short": .short(try #require(Int16(text)))
            case "integer": .integer(try #require(Int32(text)))
            case "long": .long(try #require(Int64(text)))
            case "bytes": .bytes(try Self.bytes(text))
            case "timestamp": .timestamp(millisecondsSinceEpoch: try #require(Int64(text)))
            case "uuid":
                .uuid(try #require(UInt64(text.prefix(16), radix: 16)), try #require(UInt64(text.suffix(16), radix: 16)))
            default: .string(text)
            }
        return EventStreamMessage.Header(name: parts[0], value: value)
    }

    /// The messages and the error that a decoder gives of pieces.
    private static func decode(_ pieces: [[UInt8]]) -> (messages: [EventStreamMessage], error: AWSError?) {
        var decoder = EventStreamDecoder()
        var messages: [EventStreamMessage] = []
        do throws(AWSError) {
            for piece in pieces {
                decoder.bytesReceived(piece)
                while let message = try decoder.next() { messages.append(message) }
            }
            try decoder.streamEnded()
            return (messages, nil)
        } catch {
            return (messages, error)
        }
    }

    private static let malformed = AWSError(.malformedResponse, code: .malformedEventStream, message: "")

    @Test func `messages are encoded as the specification lays them out, and decoded again`() throws {
        let cases = try Self.cases()
        #expect(cases.count == 15)
        for each in cases {
            #expect(try each.message.encoded() == each.encoded, "\(each)")
            let decoded = Self.decode([each.encoded])
            #expect(decoded.messages == [each.message] && decoded.error == nil, "\(each)")
        }
    }

    @Test(arguments: [1, 2, 7, 64, 10_000]) func `a stream is decoded however it is cut`(size: Int) throws {
        let cases = try Self.cases()
        let stream = cases.flatMap(\.encoded)
        let pieces = stride(from: 0, to: stream.count, by: size).map { Array(stream[$0..<min($0 + size, stream.count)]) }
        let decoded = Self.decode(pieces)
        #expect(decoded.messages == cases.map(\.message) && decoded.error == nil)
    }

    @Test func `what ends within a message needs more, and is an error at the end of the stream`() throws {
        for each in try Self.cases() {
            for length in 1..<each.encoded.count {
                let decoded = Self.decode([Array(each.encoded.prefix(length))])
                #expect(decoded.messages.isEmpty && decoded.error == Self.malformed)
            }
        }
    }

    @Test func `a bit that flips anywhere is found`() throws {
        for each in try Self.cases() {
            for index in each.encoded.indices {
                var changed = each.encoded
                changed[index] ^= 1 << (index % 8)
                let decoded = Self.decode([changed])
                #expect(decoded.messages.isEmpty && decoded.error == Self.malformed)
            }
        }
    }

    /// A frame whose checksums are right, whatever it holds.
    private static func frame(headers: [UInt8], payload: [UInt8] = [], length: UInt32? = nil, headersLength: UInt32? = nil) -> [UInt8] {
        func number(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
        func checksum(_ bytes: [UInt8]) -> UInt32 {
            var value = ~UInt32(0)
            for byte in bytes {
                value ^= UInt32(byte)
                for _ in 0..<8 {
                    let isOdd = value & 1 == 1
                    value >>= 1
                    if isOdd { value ^= 0xedb8_8320 }
                }
            }
            return ~value
        }
        let prelude = number(length ?? UInt32(16 + headers.count + payload.count)) + number(headersLength ?? UInt32(headers.count))
        let start = prelude + number(checksum(prelude)) + headers + payload
        return start + number(checksum(start))
    }

    @Test(
        arguments: [
            [0], [1], [1, 97], [1, 97, 10], [1, 97, 255], [0, 0], [2, 97], [1, 97, 2], [1, 97, 4, 0, 0, 0], [1, 97, 6, 0],
            [1, 97, 6, 0, 1],
            [1, 97, 7, 0, 2, 65], [1, 97, 6, 128, 0], [1, 97, 7, 255, 255], [1, 97, 7, 0, 1, 255], [1, 255, 0], [1, 97, 8, 0],
            [1, 97, 9, 1, 2, 3],
        ] as [[UInt8]])
    func `headers that are none are refused`(headers: [UInt8]) {
        let decoded = Self.decode([Self.frame(headers: headers)])
        #expect(decoded.messages.isEmpty && decoded.error == Self.malformed)
    }

    @Test(
        arguments: [
            (0, 0), (15, 0), (16, 1), (20, 5), (UInt32.max, 0), (16, UInt32.max), (UInt32(24 * 1024 * 1024 + 17), 0),
            (UInt32(16 + 128 * 1024 + 1), UInt32(128 * 1024 + 1)),
        ] as [(UInt32, UInt32)])
    func `lengths beyond the limits are refused before their bytes are kept`(length: UInt32, headersLength: UInt32) {
        var decoder = EventStreamDecoder()
        decoder.bytesReceived(Array(Self.frame(headers: [], length: length, headersLength: headersLength).prefix(12)))
        #expect(throws: Self.malformed) { try decoder.next() }
        decoder.bytesReceived([UInt8](repeating: 0, count: 1_000))
        #expect(decoder.bufferedByteCount == 0)
        #expect(throws: Self.malformed) { try decoder.next() }
        #expect(throws: Self.malformed) { try decoder.streamEnded() }
    }

    @Test func `a payload longer than asked for is refused`() throws {
        var decoder = EventStreamDecoder(maximumPayloadLength: 3)
        decoder.bytesReceived(try EventStreamMessage(payload: [1, 2, 3]).encoded())
        #expect(try decoder.next() == EventStreamMessage(payload: [1, 2, 3]))
        decoder.bytesReceived(try EventStreamMessage(payload: [1, 2, 3, 4]).encoded())
        #expect(throws: Self.malformed) { try decoder.next() }
    }

    /// A message that no stream can hold; its description is short, as the message is not.
    struct Unencodable: Sendable, CustomStringConvertible {
        let description: String
        let message: EventStreamMessage

        init(_ description: String, headers: [EventStreamMessage.Header] = [], payload: [UInt8] = []) {
            self.description = description
            self.message = EventStreamMessage(headers: headers, payload: payload)
        }
    }

    @Test(arguments: [
        Unencodable("no name", headers: [.init(name: "", value: .bool(true))]),
        Unencodable("a long name", headers: [.init(name: String(repeating: "n", count: 256), value: .bool(true))]),
        Unencodable("many bytes", headers: [.init(name: "a", value: .bytes([UInt8](repeating: 0, count: 32_768)))]),
        Unencodable("a long text", headers: [.init(name: "a", value: .string(String(repeating: "ü", count: 16_384)))]),
        Unencodable("long headers", headers: (0..<5).map { .init(name: "a\($0)", value: .bytes([UInt8](repeating: 0, count: 32_767))) }),
        Unencodable("a long payload", payload: [UInt8](repeating: 0, count: 24 * 1024 * 1024 + 1)),
    ])
    func `what no stream can hold is not encoded`(each: Unencodable) {
        #expect(throws: AWSError(.invalidRequest, code: .invalidEventStreamMessage, message: "")) { try each.message.encoded() }
    }

    @Test func `random bytes, with and without right checksums, are errors or messages`() {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<64, using: &generator)).map { _ in
                UInt8.random(in: Bool.random(using: &generator) ? 0...10 : 0...255, using: &generator)
            }
            _ = Self.decode([bytes])
            _ = Self.decode([Self.frame(headers: bytes)])
        }
    }
}
