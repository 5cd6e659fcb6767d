// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Publishes the message that follows.
///
/// Sent by the client; a content follows.
public struct BasicPublish: AMQPMethodArguments {
    /// Class 60, method 40.
    public static let id = AMQPMethodID(classID: 60, methodID: 40)
    /// A content header and the body follow the method.
    public static let hasContent = true

    /// The exchange's name; empty for the default exchange.
    public var exchange: String
    /// The message's routing key.
    public var routingKey: String
    /// Whether the server returns the message when no queue takes it.
    public var mandatory: Bool
    /// Whether a consumer must be ready at once; RabbitMQ refuses it.
    public var immediate: Bool

    /// Makes the method's arguments.
    public init(exchange: String = "", routingKey: String = "", mandatory: Bool = false, immediate: Bool = false) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.mandatory = mandatory
        self.immediate = immediate
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.exchange = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.mandatory = bits[0]
        self.immediate = bits[1]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.routingKey)
        output.appendBits(self.mandatory, self.immediate)
    }
}
