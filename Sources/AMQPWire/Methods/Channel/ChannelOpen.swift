// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Opens the channel whose number the frame carries.
///
/// Sent by the client. Answered by ``ChannelOpenOk``.
public struct ChannelOpen: AMQPMethodArguments {
    /// Class 20, method 10.
    public static let id = AMQPMethodID(classID: 20, methodID: 10)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        try cursor.skipShortString(in: bytes)  // reserved-1
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt8(0)  // reserved-1
    }
}

/// Tells that the channel is ready for use.
///
/// Sent by the server.
public struct ChannelOpenOk: AMQPMethodArguments {
    /// Class 20, method 11.
    public static let id = AMQPMethodID(classID: 20, methodID: 11)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        try cursor.skipLongString(in: bytes)  // reserved-1
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt32(0)  // reserved-1
    }
}
