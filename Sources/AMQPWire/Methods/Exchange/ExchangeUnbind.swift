// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Removes a binding between exchanges.
///
/// Sent by the client. Answered by ``ExchangeUnbindOk``. An extension of RabbitMQ.
public struct ExchangeUnbind: AMQPMethodArguments {
    /// Class 40, method 40.
    public static let id = AMQPMethodID(classID: 40, methodID: 40)

    /// The exchange that receives the messages.
    public var destination: String
    /// The exchange that the messages come from.
    public var source: String
    /// The binding's routing key.
    public var routingKey: String
    /// Whether the server shall not answer.
    public var noWait: Bool
    /// Arguments for the binding, which some exchange types match.
    public var arguments: AMQPTable

    /// Makes the method's arguments.
    public init(destination: String, source: String, routingKey: String = "", noWait: Bool = false, arguments: AMQPTable = [:]) {
        self.destination = destination
        self.source = source
        self.routingKey = routingKey
        self.noWait = noWait
        self.arguments = arguments
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.destination = try cursor.readShortString(from: bytes)
        self.source = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        self.noWait = try cursor.readBits(from: bytes)[0]
        self.arguments = try cursor.readTable(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.destination)
        try output.appendShortString(self.source)
        try output.appendShortString(self.routingKey)
        output.appendBits(self.noWait)
        try output.appendTable(self.arguments)
    }
}

/// Confirms that a binding of exchanges is gone.
///
/// Sent by the server. An extension of RabbitMQ.
public struct ExchangeUnbindOk: AMQPMethodArguments {
    /// Class 40, method 51.
    public static let id = AMQPMethodID(classID: 40, methodID: 51)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
