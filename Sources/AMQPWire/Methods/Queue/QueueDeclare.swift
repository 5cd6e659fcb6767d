// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Creates a queue, or checks that it exists as described.
///
/// Sent by the client. Answered by ``QueueDeclareOk``.
public struct QueueDeclare: AMQPMethodArguments {
    /// Class 50, method 10.
    public static let id = AMQPMethodID(classID: 50, methodID: 10)

    /// The queue's name; empty for one that the server makes up.
    public var queue: String
    /// Whether only to check that the queue exists.
    public var passive: Bool
    /// Whether the queue survives a restart of the server.
    public var durable: Bool
    /// Whether the queue is this connection's alone, and goes away with it.
    public var exclusive: Bool
    /// Whether the queue goes away with its last consumer.
    public var autoDelete: Bool
    /// Whether the server shall not answer.
    public var noWait: Bool
    /// Further arguments, such as `x-queue-type`.
    public var arguments: AMQPTable

    /// Makes the method's arguments.
    public init(
        queue: String = "", passive: Bool = false, durable: Bool = false, exclusive: Bool = false, autoDelete: Bool = false,
        noWait: Bool = false, arguments: AMQPTable = [:]
    ) {
        self.queue = queue
        self.passive = passive
        self.durable = durable
        self.exclusive = exclusive
        self.autoDelete = autoDelete
        self.noWait = noWait
        self.arguments = arguments
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.passive = bits[0]
        self.durable = bits[1]
        self.exclusive = bits[2]
        self.autoDelete = bits[3]
        self.noWait = bits[4]
        self.arguments = try cursor.readTable(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        output.appendBits(self.passive, self.durable, self.exclusive, self.autoDelete, self.noWait)
        try output.appendTable(self.arguments)
    }
}

/// Confirms a declaration and tells the queue's state.
///
/// Sent by the server.
public struct QueueDeclareOk: AMQPMethodArguments {
    /// Class 50, method 11.
    public static let id = AMQPMethodID(classID: 50, methodID: 11)

    /// The queue's name.
    public var queue: String
    /// How many messages are ready.
    public var messageCount: UInt32
    /// How many consumers it has.
    public var consumerCount: UInt32

    /// Makes the method's arguments.
    public init(queue: String, messageCount: UInt32, consumerCount: UInt32) {
        self.queue = queue
        self.messageCount = messageCount
        self.consumerCount = consumerCount
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.queue = try cursor.readShortString(from: bytes)
        self.messageCount = try cursor.readUInt32(from: bytes)
        self.consumerCount = try cursor.readUInt32(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.queue)
        output.appendUInt32(self.messageCount)
        output.appendUInt32(self.consumerCount)
    }
}
