// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A place in bytes that are read from front to back.
///
/// It keeps the offset alone; the bytes are passed to each call, and each call checks that they are there.
struct ByteCursor {
    private(set) var offset: Int

    init(at offset: Int = 0) { self.offset = offset }

    /// Tells whether all of `bytes` was read.
    func isAtEnd(of bytes: Span<UInt8>) -> Bool { self.offset == bytes.count }

    /// Checks that all of `bytes` was read.
    func finish(_ bytes: Span<UInt8>) throws(AMQPWireError) {
        guard self.offset == bytes.count else { throw .trailingBytes(bytes.count - self.offset) }
    }

    /// Passes over `count` bytes and tells where they begin.
    @inline(__always)
    private mutating func take(_ count: Int, from bytes: Span<UInt8>) throws(AMQPWireError) -> Int {
        let start = self.offset
        guard count <= bytes.count - start else { throw .truncated(missing: count - (bytes.count - start)) }
        self.offset = start + count
        return start
    }

    @inline(__always)
    mutating func readUInt8(from bytes: Span<UInt8>) throws(AMQPWireError) -> UInt8 {
        bytes[try self.take(1, from: bytes)]
    }

    @inline(__always)
    mutating func readUInt16(from bytes: Span<UInt8>) throws(AMQPWireError) -> UInt16 {
        let start = try self.take(2, from: bytes)
        return UInt16(bytes[start]) << 8 | UInt16(bytes[start + 1])
    }

    @inline(__always)
    mutating func readUInt32(from bytes: Span<UInt8>) throws(AMQPWireError) -> UInt32 {
        let start = try self.take(4, from: bytes)
        var value: UInt32 = 0
        for index in start..<start + 4 { value = value << 8 | UInt32(bytes[index]) }
        return value
    }

    @inline(__always)
    mutating func readUInt64(from bytes: Span<UInt8>) throws(AMQPWireError) -> UInt64 {
        let start = try self.take(8, from: bytes)
        var value: UInt64 = 0
        for index in start..<start + 8 { value = value << 8 | UInt64(bytes[index]) }
        return value
    }

    /// Reads the octet that consecutive bit fields share.
    mutating func readBits(from bytes: Span<UInt8>) throws(AMQPWireError) -> BitField {
        BitField(rawValue: try self.readUInt8(from: bytes))
    }

    /// Reads a short string: one octet of length, then UTF-8.
    mutating func readShortString(from bytes: Span<UInt8>) throws(AMQPWireError) -> String {
        let count = Int(try self.readUInt8(from: bytes))
        return try self.readText(count, from: bytes)
    }

    /// Reads a long string that has to be UTF-8.
    mutating func readLongText(from bytes: Span<UInt8>) throws(AMQPWireError) -> String {
        let count = Int(try self.readUInt32(from: bytes))
        return try self.readText(count, from: bytes)
    }

    /// Reads a short string of a message, whose bytes the broker passes on as they were published: what is not UTF-8 becomes U+FFFD.
    ///
    /// A broker that delivers such a message keeps the protocol, and would deliver it again after each refusal. U+FFFD takes three octets:
    /// what would then be too long to be sent on is cut.
    mutating func readRepairedShortString(from bytes: Span<UInt8>) throws(AMQPWireError) -> String {
        let count = Int(try self.readUInt8(from: bytes))
        let start = try self.take(count, from: bytes)
        let text = bytes.extracting(start..<start + count)
        if let text = try? UTF8Span(validating: text) { return String(copying: text) }
        var repaired = String(decoding: [UInt8](copying: text), as: UTF8.self)
        while repaired.utf8.count > UInt8.max { repaired.unicodeScalars.removeLast() }
        return repaired
    }

    private mutating func readText(_ count: Int, from bytes: Span<UInt8>) throws(AMQPWireError) -> String {
        let start = try self.take(count, from: bytes)
        do {
            return String(copying: try UTF8Span(validating: bytes.extracting(start..<start + count)))
        } catch {
            throw .invalidUTF8
        }
    }

    /// Reads a long string: four octets of length, then bytes of any kind.
    mutating func readLongBytes(from bytes: Span<UInt8>) throws(AMQPWireError) -> [UInt8] {
        let range = try self.readLongRange(from: bytes)
        return [UInt8](copying: bytes.extracting(range))
    }

    /// Reads four octets of length and passes over as many bytes.
    mutating func readLongRange(from bytes: Span<UInt8>) throws(AMQPWireError) -> Range<Int> {
        let count = Int(try self.readUInt32(from: bytes))
        let start = try self.take(count, from: bytes)
        return start..<start + count
    }

    /// Passes over a short string that has no meaning.
    mutating func skipShortString(in bytes: Span<UInt8>) throws(AMQPWireError) {
        let count = Int(try self.readUInt8(from: bytes))
        _ = try self.take(count, from: bytes)
    }

    /// Passes over a long string that has no meaning.
    mutating func skipLongString(in bytes: Span<UInt8>) throws(AMQPWireError) {
        _ = try self.readLongRange(from: bytes)
    }

    /// Reads a field table.
    mutating func readTable(from bytes: Span<UInt8>) throws(AMQPWireError) -> AMQPTable {
        let range = try self.readLongRange(from: bytes)
        return try AMQPTable(decoding: bytes.extracting(range), depth: 1)
    }
}

extension AMQPWireError {
    @inline(never)
    static func truncated(missing count: Int) -> AMQPWireError {
        AMQPWireError(.malformedFrame, message: "a field reaches \(count) bytes past the end of its frame or table")
    }

    @inline(never)
    static func trailingBytes(_ count: Int) -> AMQPWireError {
        AMQPWireError(.malformedFrame, message: "\(count) bytes follow the last field of a frame")
    }

    static var invalidUTF8: AMQPWireError { AMQPWireError(.invalidUTF8, message: "a name or a short string is not UTF-8") }
}
