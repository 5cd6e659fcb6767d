// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Deletes an exchange.
///
/// Sent by the client. Answered by ``ExchangeDeleteOk``.
public struct ExchangeDelete: AMQPMethodArguments {
    /// Class 40, method 20.
    public static let id = AMQPMethodID(classID: 40, methodID: 20)

    /// The exchange's name.
    public var exchange: String
    /// Whether to delete it only when it has no bindings.
    public var ifUnused: Bool
    /// Whether the server shall not answer.
    public var noWait: Bool

    /// Makes the method's arguments.
    public init(exchange: String, ifUnused: Bool = false, noWait: Bool = false) {
        self.exchange = exchange
        self.ifUnused = ifUnused
        self.noWait = noWait
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.exchange = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.ifUnused = bits[0]
        self.noWait = bits[1]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.exchange)
        output.appendBits(self.ifUnused, self.noWait)
    }
}

/// Confirms a deletion.
///
/// Sent by the server.
public struct ExchangeDeleteOk: AMQPMethodArguments {
    /// Class 40, method 21.
    public static let id = AMQPMethodID(classID: 40, methodID: 21)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
