// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The frame of a message in an event stream: lengths and their checksum before headers and payload, a checksum of all behind them.
enum EventStreamFrame {
    /// The two lengths and their checksum.
    static let preludeLength = 12
    /// The prelude and the checksum of the message.
    static let overhead = 16
    /// The longest headers, in bytes.
    static let maximumHeadersLength = 128 * 1024
    /// The longest payload, in bytes.
    static let maximumPayloadLength = 24 * 1024 * 1024

    /// Lays out a message.
    ///
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/invalidRequest`` when headers or payload are too long.
    static func encode(headers: [UInt8], payload: [UInt8]) throws(AWSError) -> [UInt8] {
        guard headers.count <= Self.maximumHeadersLength, payload.count <= Self.maximumPayloadLength else {
            throw AWSError(
                .invalidRequest, code: .invalidEventStreamMessage,
                message: "\(headers.count) bytes of headers or \(payload.count) bytes of payload are more than an event stream takes")
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.overhead + headers.count + payload.count)
        bytes.append(bigEndian: UInt32(Self.overhead + headers.count + payload.count))
        bytes.append(bigEndian: UInt32(headers.count))
        bytes.append(bigEndian: CyclicRedundancyCheck.checksum(bytes[...]))
        bytes += headers
        bytes += payload
        bytes.append(bigEndian: CyclicRedundancyCheck.checksum(bytes[...]))
        return bytes
    }
}

extension AWSErrorCode {
    /// A message cannot stand in an event stream.
    public static let invalidEventStreamMessage: AWSErrorCode = "InvalidEventStreamMessage"
    /// What came is no event stream, or was changed on its way.
    public static let malformedEventStream: AWSErrorCode = "MalformedEventStream"
}

extension [UInt8] {
    /// Appends a number, its highest byte first.
    mutating func append<Number: FixedWidthInteger>(bigEndian number: Number) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) { self.append(UInt8(truncatingIfNeeded: number >> shift)) }
    }
}
