// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Binds a queue to an exchange.
///
/// Sent by the client. Answered by ``QueueBindOk``.
public struct QueueBind: AMQPMethodArguments {
    /// Class 50, method 20.
    public static let id = AMQPMethodID(classID: 50, methodID: 20)

    /// The queue's name; empty for the channel's last declared one.
    public var queue: String
    /// The exchange's name.
    public var exchange: String
    /// The binding's routing key.
    public var routingKey: String
    /// Whether the server shall not answer.
    public var noWait: Bool
    /// Arguments for the binding, which some exchange types match.
    public var arguments: AMQPTable

    /// Makes the method's arguments.
    public init(queue: String, exchange: String, routingKey: String = "", noWait: Bool = false, arguments: AMQPTable = [:]) {
        self.queue = queue
        self.exchange = exchange
        self.routingKey = routingKey
        self.noWait = noWait
        self.arguments = arguments
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        self.exchange = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        self.noWait = try cursor.readBits(from: bytes)[0]
        self.arguments = try cursor.readTable(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.routingKey)
        output.appendBits(self.noWait)
        try output.appendTable(self.arguments)
    }
}

/// Confirms a binding.
///
/// Sent by the server.
public struct QueueBindOk: AMQPMethodArguments {
    /// Class 50, method 21.
    public static let id = AMQPMethodID(classID: 50, methodID: 21)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
