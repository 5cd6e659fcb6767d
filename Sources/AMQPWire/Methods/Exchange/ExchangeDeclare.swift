// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Creates an exchange, or checks that it exists as described.
///
/// Sent by the client. Answered by ``ExchangeDeclareOk``.
public struct ExchangeDeclare: AMQPMethodArguments {
    /// Class 40, method 10.
    public static let id = AMQPMethodID(classID: 40, methodID: 10)

    /// The exchange's name.
    public var exchange: String
    /// The exchange's type: `direct`, `fanout`, `topic`, `headers` or a plug-in's.
    public var type: String
    /// Whether only to check that the exchange exists.
    public var passive: Bool
    /// Whether the exchange survives a restart of the server.
    public var durable: Bool
    /// Whether the exchange goes away with its last binding.
    public var autoDelete: Bool
    /// Whether clients may not publish to it.
    public var `internal`: Bool
    /// Whether the server shall not answer.
    public var noWait: Bool
    /// Further arguments, such as `alternate-exchange`.
    public var arguments: AMQPTable

    /// Makes the method's arguments.
    public init(
        exchange: String, type: String = "direct", passive: Bool = false, durable: Bool = false, autoDelete: Bool = false,
        `internal`: Bool = false, noWait: Bool = false, arguments: AMQPTable = [:]
    ) {
        self.exchange = exchange
        self.type = type
        self.passive = passive
        self.durable = durable
        self.autoDelete = autoDelete
        self.internal = `internal`
        self.noWait = noWait
        self.arguments = arguments
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.exchange = try cursor.readShortString(from: bytes)
        self.type = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.passive = bits[0]
        self.durable = bits[1]
        self.autoDelete = bits[2]
        self.internal = bits[3]
        self.noWait = bits[4]
        self.arguments = try cursor.readTable(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.type)
        output.appendBits(self.passive, self.durable, self.autoDelete, self.internal, self.noWait)
        try output.appendTable(self.arguments)
    }
}

/// Confirms a declaration.
///
/// Sent by the server.
public struct ExchangeDeclareOk: AMQPMethodArguments {
    /// Class 40, method 11.
    public static let id = AMQPMethodID(classID: 40, methodID: 11)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
