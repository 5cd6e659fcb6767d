// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Starts a consumer.
///
/// Sent by the client. Answered by ``BasicConsumeOk``.
public struct BasicConsume: AMQPMethodArguments {
    /// Class 60, method 20.
    public static let id = AMQPMethodID(classID: 60, methodID: 20)

    /// The queue's name; empty for the channel's last declared one.
    public var queue: String
    /// The consumer's tag, unique on the channel; empty for one that the server makes up.
    public var consumerTag: String
    /// Whether to leave out what this connection published; RabbitMQ ignores it.
    public var noLocal: Bool
    /// Whether deliveries count as acknowledged once sent.
    public var noAck: Bool
    /// Whether the queue may have no other consumer.
    public var exclusive: Bool
    /// Whether the server shall not answer.
    public var noWait: Bool
    /// Further arguments, such as `x-priority`.
    public var arguments: AMQPTable

    /// Makes the method's arguments.
    public init(
        queue: String, consumerTag: String = "", noLocal: Bool = false, noAck: Bool = false, exclusive: Bool = false,
        noWait: Bool = false, arguments: AMQPTable = [:]
    ) {
        self.queue = queue
        self.consumerTag = consumerTag
        self.noLocal = noLocal
        self.noAck = noAck
        self.exclusive = exclusive
        self.noWait = noWait
        self.arguments = arguments
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        self.consumerTag = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.noLocal = bits[0]
        self.noAck = bits[1]
        self.exclusive = bits[2]
        self.noWait = bits[3]
        self.arguments = try cursor.readTable(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        try output.appendShortString(self.consumerTag)
        output.appendBits(self.noLocal, self.noAck, self.exclusive, self.noWait)
        try output.appendTable(self.arguments)
    }
}

/// Confirms a consumer.
///
/// Sent by the server.
public struct BasicConsumeOk: AMQPMethodArguments {
    /// Class 60, method 21.
    public static let id = AMQPMethodID(classID: 60, methodID: 21)

    /// The consumer's tag.
    public var consumerTag: String

    /// Makes the method's arguments.
    public init(consumerTag: String) {
        self.consumerTag = consumerTag
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.consumerTag = try cursor.readShortString(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.consumerTag)
    }
}
