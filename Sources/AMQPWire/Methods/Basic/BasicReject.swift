// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Rejects a delivery.
///
/// Sent by the client.
public struct BasicReject: AMQPMethodArguments {
    /// Class 60, method 90.
    public static let id = AMQPMethodID(classID: 60, methodID: 90)

    /// The delivery's number.
    public var deliveryTag: UInt64
    /// Whether the message goes back to the queue; if not, it is dropped or dead-lettered.
    public var requeue: Bool

    /// Makes the method's arguments.
    public init(deliveryTag: UInt64, requeue: Bool) {
        self.deliveryTag = deliveryTag
        self.requeue = requeue
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.deliveryTag = try cursor.readUInt64(from: bytes)
        self.requeue = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt64(self.deliveryTag)
        output.appendBits(self.requeue)
    }
}
