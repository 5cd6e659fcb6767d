// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Delivers a message to a consumer.
///
/// Sent by the server; a content follows.
public struct BasicDeliver: AMQPMethodArguments {
    /// Class 60, method 60.
    public static let id = AMQPMethodID(classID: 60, methodID: 60)
    /// A content header and the body follow the method.
    public static let hasContent = true

    /// The consumer's tag.
    public var consumerTag: String
    /// The delivery's number on the channel, from 1 on.
    public var deliveryTag: UInt64
    /// Whether the message may have been delivered before.
    public var redelivered: Bool
    /// The exchange the message was published to; empty for the default exchange.
    public var exchange: String
    /// The routing key the message was published with.
    public var routingKey: String

    /// Makes the method's arguments.
    public init(consumerTag: String, deliveryTag: UInt64, redelivered: Bool = false, exchange: String, routingKey: String) {
        self.consumerTag = consumerTag
        self.deliveryTag = deliveryTag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.consumerTag = try cursor.readShortString(from: bytes)
        self.deliveryTag = try cursor.readUInt64(from: bytes)
        self.redelivered = try cursor.readBits(from: bytes)[0]
        self.exchange = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.consumerTag)
        output.appendUInt64(self.deliveryTag)
        output.appendBits(self.redelivered)
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.routingKey)
    }
}
