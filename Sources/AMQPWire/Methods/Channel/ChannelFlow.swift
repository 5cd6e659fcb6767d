// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Stops or resumes the flow of contents on the channel.
///
/// Sent by either side. Answered by ``ChannelFlowOk``.
public struct ChannelFlow: AMQPMethodArguments {
    /// Class 20, method 20.
    public static let id = AMQPMethodID(classID: 20, methodID: 20)

    /// Whether the peer may send contents.
    public var active: Bool

    /// Makes the method's arguments.
    public init(active: Bool) {
        self.active = active
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.active = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendBits(self.active)
    }
}

/// Confirms a flow command.
///
/// Sent by either side.
public struct ChannelFlowOk: AMQPMethodArguments {
    /// Class 20, method 21.
    public static let id = AMQPMethodID(classID: 20, methodID: 21)

    /// Whether the sender of this answer sends contents.
    public var active: Bool

    /// Makes the method's arguments.
    public init(active: Bool) {
        self.active = active
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.active = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendBits(self.active)
    }
}
