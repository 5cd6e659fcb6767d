// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Returns a mandatory message that no queue took.
///
/// Sent by the server; a content follows.
public struct BasicReturn: AMQPMethodArguments {
    /// Class 60, method 50.
    public static let id = AMQPMethodID(classID: 60, methodID: 50)
    /// A content header and the body follow the method.
    public static let hasContent = true

    /// Why, as a code.
    public var replyCode: AMQPReplyCode
    /// Why, for a person.
    public var replyText: String
    /// The exchange the message was published to; empty for the default exchange.
    public var exchange: String
    /// The routing key the message was published with.
    public var routingKey: String

    /// Makes the method's arguments.
    public init(replyCode: AMQPReplyCode, replyText: String, exchange: String, routingKey: String) {
        self.replyCode = replyCode
        self.replyText = replyText
        self.exchange = exchange
        self.routingKey = routingKey
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.replyCode = AMQPReplyCode(rawValue: try cursor.readUInt16(from: bytes))
        self.replyText = try cursor.readShortString(from: bytes)
        self.exchange = try cursor.readShortString(from: bytes)
        self.routingKey = try cursor.readShortString(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(self.replyCode.rawValue)
        try output.appendShortString(self.replyText)
        try output.appendShortString(self.exchange)
        try output.appendShortString(self.routingKey)
    }
}
