// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Commits the transaction; the next begins at once.
///
/// Sent by the client. Answered by ``TxCommitOk``.
public struct TxCommit: AMQPMethodArguments {
    /// Class 90, method 20.
    public static let id = AMQPMethodID(classID: 90, methodID: 20)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}

/// Confirms a commit.
///
/// Sent by the server.
public struct TxCommitOk: AMQPMethodArguments {
    /// Class 90, method 21.
    public static let id = AMQPMethodID(classID: 90, methodID: 21)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
