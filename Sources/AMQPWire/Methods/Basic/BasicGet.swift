// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Asks for one message of a queue.
///
/// Sent by the client. Answered by ``BasicGetOk`` or ``BasicGetEmpty``.
public struct BasicGet: AMQPMethodArguments {
    /// Class 60, method 70.
    public static let id = AMQPMethodID(classID: 60, methodID: 70)

    /// The queue's name; empty for the channel's last declared one.
    public var queue: String
    /// Whether the message counts as acknowledged once sent.
    public var noAck: Bool

    /// Makes the method's arguments.
    public init(queue: String, noAck: Bool = false) {
        self.queue = queue
        self.noAck = noAck
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        self.noAck = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        output.appendBits(self.noAck)
    }
}

/// Gives the message that was asked for.
///
/// Sent by the server; a content follows.
public struct BasicGetOk: AMQPMethodArguments {
    /// Class 60, method 71.
    public static let id = AMQPMethodID(classID: 60, methodID: 71)
    /// A content header and the body follow the method.
    public static let hasContent = true

    /// The delivery's number on the channel, from 1 on.
    public var deliveryTag: UInt64
    /// Whether the message may have been delivered before.
    public var redelivered: Bool
    /// The exchange the message was published to; empty for the default exchange.
    public var exchange: String
    /// The routing key the message was published with.
    public var routingKey: String
    /// How many messages are left.
    public var messageCount: UInt32

    /// Makes the method's arguments.
    public init(deliveryTag: UInt64, redelivered: Bool = false, exchange: String, routingKey: String, messageCount: UInt32) {
        self.deliveryTag = deliveryTag
        self.redelivered = redelivered
        self.exchange = exchange
        self.routingKey = routingKey
        self.messageCount = messageCount
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.deliveryTag = try cursor.readUInt64(from: bytes)
        self.redelivered = try cursor.readBits(from: bytes)[0]
        self.exchange = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        self.messageCount = try cursor.readUInt32(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt64(self.deliveryTag)
        output.appendBits(self.redelivered)
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.routingKey)
        output.appendUInt32(self.messageCount)
    }
}

/// Tells that the queue has no message ready.
///
/// Sent by the server.
public struct BasicGetEmpty: AMQPMethodArguments {
    /// Class 60, method 72.
    public static let id = AMQPMethodID(classID: 60, methodID: 72)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        try cursor.skipShortString(in: bytes)  // reserved-1
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt8(0)  // reserved-1
    }
}
