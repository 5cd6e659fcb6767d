// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Copies bytes in one piece.
    init(copying bytes: Span<UInt8>) {
        // The buffer is read before the call ends and does not outlive it; a loop over the span takes twice as long.
        self = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    /// Appends bytes in one piece.
    mutating func append(copying bytes: Span<UInt8>) {
        // As above: the buffer is read before the call ends.
        unsafe bytes.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
    }

    mutating func appendUInt8(_ value: UInt8) {
        self.append(value)
    }

    mutating func appendUInt16(_ value: UInt16) {
        self.append(addingCapacity: 2) { output in
            output.append(UInt8(truncatingIfNeeded: value >> 8))
            output.append(UInt8(truncatingIfNeeded: value))
        }
    }

    mutating func appendUInt32(_ value: UInt32) {
        self.append(addingCapacity: 4) { output in
            for shift in stride(from: 24, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: value >> UInt32(shift))) }
        }
    }

    mutating func appendUInt64(_ value: UInt64) {
        self.append(addingCapacity: 8) { output in
            for shift in stride(from: 56, through: 0, by: -8) { output.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
        }
    }

    /// Appends the octet that consecutive bit fields share.
    mutating func appendBits(_ first: Bool, _ second: Bool = false, _ third: Bool = false, _ fourth: Bool = false, _ fifth: Bool = false) {
        let low: UInt8 = (first ? 1 : 0) | (second ? 2 : 0) | (third ? 4 : 0)
        self.append(low | (fourth ? 8 : 0) | (fifth ? 16 : 0))
    }

    /// Appends a short string: one octet of length, then UTF-8.
    mutating func appendShortString(_ string: String) throws(AMQPWireError) {
        let text = string.utf8.span
        guard let count = UInt8(exactly: text.count) else { throw .shortStringTooLong(text.count) }
        self.append(addingCapacity: text.count + 1) { output in
            output.append(count)
            for index in text.indices { output.append(text[index]) }
        }
    }

    /// Appends a long string: four octets of length, then UTF-8.
    mutating func appendLongString(_ string: String) throws(AMQPWireError) {
        let text = string.utf8
        try self.appendLength(text.count)
        self.append(contentsOf: text)
    }

    /// Appends a long string: four octets of length, then bytes of any kind.
    mutating func appendLongBytes(_ bytes: [UInt8]) throws(AMQPWireError) {
        try self.appendLength(bytes.count)
        self.append(contentsOf: bytes)
    }

    /// Appends a field table.
    mutating func appendTable(_ table: AMQPTable) throws(AMQPWireError) {
        try table.encode(into: &self, depth: 1)
    }

    private mutating func appendLength(_ count: Int) throws(AMQPWireError) {
        guard let length = UInt32(exactly: count) else { throw .longValueTooLong(count) }
        self.appendUInt32(length)
    }

    /// Sets the four octets of length at `start` to the count of the bytes behind them.
    mutating func patchLength(at start: Int) throws(AMQPWireError) {
        let count = self.count - start - 4
        guard let length = UInt32(exactly: count) else { throw .longValueTooLong(count) }
        var bytes = self.mutableSpan
        for index in 0..<4 { bytes[start + index] = UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)) }
    }
}

extension AMQPWireError {
    @inline(never)
    static func shortStringTooLong(_ count: Int) -> AMQPWireError {
        AMQPWireError(.valueTooLong, message: "a name or a short string of \(count) bytes: AMQP allows 255")
    }

    @inline(never)
    static func longValueTooLong(_ count: Int) -> AMQPWireError {
        AMQPWireError(.valueTooLong, message: "a string or a table of \(count) bytes: AMQP allows \(UInt32.max)")
    }
}
