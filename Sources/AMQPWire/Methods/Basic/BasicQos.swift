// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Limits how much may be delivered and not yet acknowledged.
///
/// Sent by the client. Answered by ``BasicQosOk``.
public struct BasicQos: AMQPMethodArguments {
    /// Class 60, method 10.
    public static let id = AMQPMethodID(classID: 60, methodID: 10)

    /// The limit in bytes; RabbitMQ takes 0 alone, no limit.
    public var prefetchSize: UInt32
    /// The limit in messages; 0 for no limit.
    public var prefetchCount: UInt16
    /// Whether the limit is shared by all consumers of the channel (RabbitMQ's reading).
    public var global: Bool

    /// Makes the method's arguments.
    public init(prefetchSize: UInt32 = 0, prefetchCount: UInt16, global: Bool = false) {
        self.prefetchSize = prefetchSize
        self.prefetchCount = prefetchCount
        self.global = global
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.prefetchSize = try cursor.readUInt32(from: bytes)
        self.prefetchCount = try cursor.readUInt16(from: bytes)
        self.global = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt32(self.prefetchSize)
        output.appendUInt16(self.prefetchCount)
        output.appendBits(self.global)
    }
}

/// Confirms the limits.
///
/// Sent by the server.
public struct BasicQosOk: AMQPMethodArguments {
    /// Class 60, method 11.
    public static let id = AMQPMethodID(classID: 60, methodID: 11)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
