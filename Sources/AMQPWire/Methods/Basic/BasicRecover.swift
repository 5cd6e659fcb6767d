// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Asks to deliver again what is not acknowledged, without an answer; deprecated by the specification.
///
/// Sent by the client.
public struct BasicRecoverAsync: AMQPMethodArguments {
    /// Class 60, method 100.
    public static let id = AMQPMethodID(classID: 60, methodID: 100)

    /// Whether any consumer may get them; RabbitMQ takes `true` alone.
    public var requeue: Bool

    /// Makes the method's arguments.
    public init(requeue: Bool) {
        self.requeue = requeue
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.requeue = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendBits(self.requeue)
    }
}

/// Asks to deliver again what is not acknowledged.
///
/// Sent by the client. Answered by ``BasicRecoverOk``.
public struct BasicRecover: AMQPMethodArguments {
    /// Class 60, method 110.
    public static let id = AMQPMethodID(classID: 60, methodID: 110)

    /// Whether any consumer may get them; RabbitMQ takes `true` alone.
    public var requeue: Bool

    /// Makes the method's arguments.
    public init(requeue: Bool) {
        self.requeue = requeue
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.requeue = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendBits(self.requeue)
    }
}

/// Confirms a recovery.
///
/// Sent by the server.
public struct BasicRecoverOk: AMQPMethodArguments {
    /// Class 60, method 111.
    public static let id = AMQPMethodID(classID: 60, methodID: 111)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
