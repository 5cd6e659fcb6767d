// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Ends a consumer; from the server it tells that the consumer ended, its queue being gone.
///
/// Sent by either side. Answered by ``BasicCancelOk``.
public struct BasicCancel: AMQPMethodArguments {
    /// Class 60, method 30.
    public static let id = AMQPMethodID(classID: 60, methodID: 30)

    /// The consumer's tag.
    public var consumerTag: String
    /// Whether the peer shall not answer.
    public var noWait: Bool

    /// Makes the method's arguments.
    public init(consumerTag: String, noWait: Bool = false) {
        self.consumerTag = consumerTag
        self.noWait = noWait
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.consumerTag = try cursor.readShortString(from: bytes)
        self.noWait = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.consumerTag)
        output.appendBits(self.noWait)
    }
}

/// Confirms that a consumer ended.
///
/// Sent by either side.
public struct BasicCancelOk: AMQPMethodArguments {
    /// Class 60, method 31.
    public static let id = AMQPMethodID(classID: 60, methodID: 31)

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
