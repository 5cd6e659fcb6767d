// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// Bytes that the library's encoder would not write: frames with lengths, octets and payloads that are wrong.
enum RawFrame {
    /// A frame of any type.
    ///
    /// - Parameters:
    ///   - type: 1 for a method, 2 for a header, 3 for a body, 8 for a heartbeat.
    ///   - channel: the channel.
    ///   - payload: what it carries.
    ///   - size: the size that it says it has; by default its own.
    ///   - end: its last octet.
    static func bytes(_ type: UInt8, on channel: UInt16 = 1, _ payload: [UInt8] = [], size: UInt32? = nil, end: UInt8 = 0xCE) -> [UInt8] {
        [type] + self.bigEndian(channel) + self.bigEndian(size ?? UInt32(payload.count)) + payload + [end]
    }

    /// A method's frame, of its two numbers and the bytes of its arguments.
    static func method(_ classID: UInt16, _ methodID: UInt16, _ arguments: [UInt8] = [], on channel: UInt16 = 1) -> [UInt8] {
        self.bytes(1, on: channel, self.bigEndian(classID) + self.bigEndian(methodID) + arguments)
    }

    /// A content header's frame with nothing but headers, whose table these bytes are, its length included.
    static func header(table: [UInt8]) -> [UInt8] {
        self.bytes(2, [0, 60, 0, 0] + self.bigEndian(UInt64(0)) + [0x20, 0] + table)
    }

    /// A table's bytes, its length in front.
    static func table(_ fields: [UInt8]) -> [UInt8] { self.bigEndian(UInt32(fields.count)) + fields }

    /// A table that holds a table, and so on.
    static func nestedTable(depth: Int) -> [UInt8] {
        (1..<depth).reduce(self.table([])) { inner, _ in self.table([1, UInt8(ascii: "t"), UInt8(ascii: "F")] + inner) }
    }

    /// A table that holds an array that holds an array, and so on.
    static func nestedArray(depth: Int) -> [UInt8] {
        let arrays = (1..<depth).reduce([UInt8(ascii: "A")] + self.table([])) { inner, _ in [UInt8(ascii: "A")] + self.table(inner) }
        return self.table([1, UInt8(ascii: "t")] + arrays)
    }

    /// The bytes of a number, the highest first.
    static func bigEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: value.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

/// The bytes of a method's frame.
func encoded(_ method: AMQPMethod, on channel: UInt16 = 1) throws -> [UInt8] {
    var bytes: [UInt8] = []
    try FrameEncoder(maximumFrameSize: 131_072).encode(method, channel: channel, into: &bytes)
    return bytes
}

/// The bytes of a delivery: a method, a header, and as many bodies as there are parts.
func encodedDelivery(
    _ tag: UInt64, to consumer: String = "lamassu-1", size: UInt64? = nil, parts: [[UInt8]] = [[1]], on channel: UInt16 = 1
) throws -> [UInt8] {
    let method = BasicDeliver(consumerTag: consumer, deliveryTag: tag, exchange: "x", routingKey: "k")
    var header: [UInt8] = []
    try AMQPContentHeader(bodySize: size ?? UInt64(parts.reduce(0) { $0 + $1.count })).encode(into: &header)
    return try encoded(.basicDeliver(method), on: channel) + RawFrame.bytes(2, on: channel, header)
        + parts.flatMap { RawFrame.bytes(3, on: channel, $0) }
}
