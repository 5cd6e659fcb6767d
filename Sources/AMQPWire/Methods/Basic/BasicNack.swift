// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Rejects deliveries; from the server it tells that a publish was not taken.
///
/// Sent by either side. An extension of RabbitMQ.
public struct BasicNack: AMQPMethodArguments {
    /// Class 60, method 120.
    public static let id = AMQPMethodID(classID: 60, methodID: 120)

    /// The delivery's or the publish's number; 0 with `multiple` for all so far.
    public var deliveryTag: UInt64
    /// Whether all up to this number are meant.
    public var multiple: Bool
    /// Whether the messages go back to the queue; without meaning from the server.
    public var requeue: Bool

    /// Makes the method's arguments.
    public init(deliveryTag: UInt64, multiple: Bool = false, requeue: Bool = true) {
        self.deliveryTag = deliveryTag
        self.multiple = multiple
        self.requeue = requeue
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.deliveryTag = try cursor.readUInt64(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.multiple = bits[0]
        self.requeue = bits[1]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt64(self.deliveryTag)
        output.appendBits(self.multiple, self.requeue)
    }
}
