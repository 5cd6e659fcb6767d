// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Turns on publisher confirms for the channel.
///
/// Sent by the client. Answered by ``ConfirmSelectOk``. An extension of RabbitMQ.
public struct ConfirmSelect: AMQPMethodArguments {
    /// Class 85, method 10.
    public static let id = AMQPMethodID(classID: 85, methodID: 10)

    /// Whether the server shall not answer.
    public var noWait: Bool

    /// Makes the method's arguments.
    public init(noWait: Bool = false) {
        self.noWait = noWait
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.noWait = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendBits(self.noWait)
    }
}

/// Confirms that publisher confirms are on.
///
/// Sent by the server. An extension of RabbitMQ.
public struct ConfirmSelectOk: AMQPMethodArguments {
    /// Class 85, method 11.
    public static let id = AMQPMethodID(classID: 85, methodID: 11)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
