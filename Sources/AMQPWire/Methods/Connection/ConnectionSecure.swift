// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Asks for a further step of the SASL exchange.
///
/// Sent by the server. Answered by ``ConnectionSecureOk``.
public struct ConnectionSecure: AMQPMethodArguments {
    /// Class 10, method 20.
    public static let id = AMQPMethodID(classID: 10, methodID: 20)

    /// The mechanism's challenge.
    public var challenge: [UInt8]

    /// Makes the method's arguments.
    public init(challenge: [UInt8]) {
        self.challenge = challenge
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.challenge = try cursor.readLongBytes(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendLongBytes(self.challenge)
    }
}

/// Answers a SASL challenge.
///
/// Sent by the client.
public struct ConnectionSecureOk: AMQPMethodArguments {
    /// Class 10, method 21.
    public static let id = AMQPMethodID(classID: 10, methodID: 21)

    /// The mechanism's response, which may hold credentials.
    public var response: AMQPSecret

    /// Makes the method's arguments.
    public init(response: AMQPSecret) {
        self.response = response
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.response = AMQPSecret(try cursor.readLongBytes(from: bytes))
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendLongBytes(self.response.bytes)
    }
}
