// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Makes the channel transactional.
///
/// Sent by the client. Answered by ``TxSelectOk``.
public struct TxSelect: AMQPMethodArguments {
    /// Class 90, method 10.
    public static let id = AMQPMethodID(classID: 90, methodID: 10)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}

/// Confirms that the channel is transactional.
///
/// Sent by the server.
public struct TxSelectOk: AMQPMethodArguments {
    /// Class 90, method 11.
    public static let id = AMQPMethodID(classID: 90, methodID: 11)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
