// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Replaces a credential that expires, such as a token, on the open connection.
///
/// Sent by the client. Answered by ``ConnectionUpdateSecretOk``. An extension of RabbitMQ.
public struct ConnectionUpdateSecret: AMQPMethodArguments {
    /// Class 10, method 70.
    public static let id = AMQPMethodID(classID: 10, methodID: 70)

    /// The new credential.
    public var newSecret: AMQPSecret
    /// Why, for the server's log.
    public var reason: String

    /// Makes the method's arguments.
    public init(newSecret: AMQPSecret, reason: String) {
        self.newSecret = newSecret
        self.reason = reason
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.newSecret = AMQPSecret(try cursor.readLongBytes(from: bytes))
        self.reason = try cursor.readShortString(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendLongBytes(self.newSecret.bytes)
        try output.appendShortString(self.reason)
    }
}

/// Confirms that the new credential is valid.
///
/// Sent by the server. An extension of RabbitMQ.
public struct ConnectionUpdateSecretOk: AMQPMethodArguments {
    /// Class 10, method 71.
    public static let id = AMQPMethodID(classID: 10, methodID: 71)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
