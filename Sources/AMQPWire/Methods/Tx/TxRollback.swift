// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Rolls the transaction back; the next begins at once.
///
/// Sent by the client. Answered by ``TxRollbackOk``.
public struct TxRollback: AMQPMethodArguments {
    /// Class 90, method 30.
    public static let id = AMQPMethodID(classID: 90, methodID: 30)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}

/// Confirms a rollback.
///
/// Sent by the server.
public struct TxRollbackOk: AMQPMethodArguments {
    /// Class 90, method 31.
    public static let id = AMQPMethodID(classID: 90, methodID: 31)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
