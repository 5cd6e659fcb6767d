// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Removes a queue's binding.
///
/// Sent by the client. Answered by ``QueueUnbindOk``.
public struct QueueUnbind: AMQPMethodArguments {
    /// Class 50, method 50.
    public static let id = AMQPMethodID(classID: 50, methodID: 50)

    /// The queue's name; empty for the channel's last declared one.
    public var queue: String
    /// The exchange's name.
    public var exchange: String
    /// The binding's routing key.
    public var routingKey: String
    /// The arguments the binding was made with.
    public var arguments: AMQPTable

    /// Makes the method's arguments.
    public init(queue: String, exchange: String, routingKey: String = "", arguments: AMQPTable = [:]) {
        self.queue = queue
        self.exchange = exchange
        self.routingKey = routingKey
        self.arguments = arguments
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        self.exchange = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        self.arguments = try cursor.readTable(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.routingKey)
        try output.appendTable(self.arguments)
    }
}

/// Confirms that a binding is gone.
///
/// Sent by the server.
public struct QueueUnbindOk: AMQPMethodArguments {
    /// Class 50, method 51.
    public static let id = AMQPMethodID(classID: 50, methodID: 51)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
