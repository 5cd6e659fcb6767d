// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Reads the parts of a message, each of them after a look at how many bytes there are.
struct EventStreamReader {
    private var bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    var isAtEnd: Bool { self.bytes.isEmpty }

    /// Reads a number, its highest byte first.
    mutating func readInteger<Number: FixedWidthInteger>(_ type: Number.Type) throws(AWSError) -> Number {
        var number: Number = 0
        for byte in try self.read(Number.bitWidth / 8) { number = number << 8 | Number(truncatingIfNeeded: byte) }
        return number
    }

    mutating func readHeader() throws(AWSError) -> EventStreamMessage.Header {
        let length = Int(try self.readInteger(UInt8.self))
        guard length > 0 else { throw EventStreamDecoder.malformed("a header has no name") }
        return EventStreamMessage.Header(name: try self.readText(length), value: try self.readValue())
    }

    private mutating func readValue() throws(AWSError) -> EventStreamValue {
        switch try self.readInteger(UInt8.self) {
        case 0: return .bool(true)
        case 1: return .bool(false)
        case 2: return .byte(try self.readInteger(Int8.self))
        case 3: return .short(try self.readInteger(Int16.self))
        case 4: return .integer(try self.readInteger(Int32.self))
        case 5: return .long(try self.readInteger(Int64.self))
        case 6: return .bytes(Array(try self.read(try self.readLength())))
        case 7: return .string(try self.readText(try self.readLength()))
        case 8: return .timestamp(millisecondsSinceEpoch: try self.readInteger(Int64.self))
        case 9: return .uuid(try self.readInteger(UInt64.self), try self.readInteger(UInt64.self))
        case let type: throw EventStreamDecoder.malformed("a header has the type \(type), which the format does not have")
        }
    }

    private mutating func readLength() throws(AWSError) -> Int {
        let length = Int(try self.readInteger(UInt16.self))
        guard length <= Int(Int16.max) else { throw EventStreamDecoder.malformed("the value of a header has \(length) bytes") }
        return length
    }

    private mutating func readText(_ length: Int) throws(AWSError) -> String {
        guard let text = String(validating: try self.read(length), as: UTF8.self) else {
            throw EventStreamDecoder.malformed("a text is no UTF-8")
        }
        return text
    }

    private mutating func read(_ count: Int) throws(AWSError) -> ArraySlice<UInt8> {
        guard self.bytes.count >= count else { throw EventStreamDecoder.malformed("the headers end within a header") }
        defer { self.bytes = self.bytes.dropFirst(count) }
        return self.bytes.prefix(count)
    }
}
