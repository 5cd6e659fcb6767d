// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Acknowledges a delivery; from the server it confirms a publish.
///
/// Sent by either side.
public struct BasicAck: AMQPMethodArguments {
    /// Class 60, method 80.
    public static let id = AMQPMethodID(classID: 60, methodID: 80)

    /// The delivery's or the publish's number; 0 with `multiple` for all so far.
    public var deliveryTag: UInt64
    /// Whether all up to this number are meant.
    public var multiple: Bool

    /// Makes the method's arguments.
    public init(deliveryTag: UInt64, multiple: Bool = false) {
        self.deliveryTag = deliveryTag
        self.multiple = multiple
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.deliveryTag = try cursor.readUInt64(from: bytes)
        self.multiple = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt64(self.deliveryTag)
        output.appendBits(self.multiple)
    }
}
