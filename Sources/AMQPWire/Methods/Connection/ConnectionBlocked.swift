// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Tells that the server takes no more publishing for now, being short of memory or disk.
///
/// Sent by the server. An extension of RabbitMQ.
public struct ConnectionBlocked: AMQPMethodArguments {
    /// Class 10, method 60.
    public static let id = AMQPMethodID(classID: 10, methodID: 60)

    /// Which resource is short.
    public var reason: String

    /// Makes the method's arguments.
    public init(reason: String) {
        self.reason = reason
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.reason = try cursor.readShortString(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.reason)
    }
}

/// Tells that the server takes publishing again.
///
/// Sent by the server. An extension of RabbitMQ.
public struct ConnectionUnblocked: AMQPMethodArguments {
    /// Class 10, method 61.
    public static let id = AMQPMethodID(classID: 10, methodID: 61)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
