// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Proposes the connection's limits.
///
/// Sent by the server. Answered by ``ConnectionTuneOk``.
public struct ConnectionTune: AMQPMethodArguments {
    /// Class 10, method 30.
    public static let id = AMQPMethodID(classID: 10, methodID: 30)

    /// The highest channel number the server proposes; 0 for no limit.
    public var channelMax: UInt16
    /// The largest frame the server proposes, in bytes, its eight of overhead included; 0 for no limit.
    public var frameMax: UInt32
    /// The heartbeat interval the server proposes, in seconds; 0 for none.
    public var heartbeat: UInt16

    /// Makes the method's arguments.
    public init(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16) {
        self.channelMax = channelMax
        self.frameMax = frameMax
        self.heartbeat = heartbeat
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.channelMax = try cursor.readUInt16(from: bytes)
        self.frameMax = try cursor.readUInt32(from: bytes)
        self.heartbeat = try cursor.readUInt16(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt16(self.channelMax)
        output.appendUInt32(self.frameMax)
        output.appendUInt16(self.heartbeat)
    }
}

/// Settles the connection's limits, none above what the server proposed.
///
/// Sent by the client.
public struct ConnectionTuneOk: AMQPMethodArguments {
    /// Class 10, method 31.
    public static let id = AMQPMethodID(classID: 10, methodID: 31)

    /// The highest channel number both sides use; 0 for no limit.
    public var channelMax: UInt16
    /// The largest frame both sides use, in bytes, its eight of overhead included; 0 for no limit.
    public var frameMax: UInt32
    /// The heartbeat interval both sides use, in seconds; 0 for none.
    public var heartbeat: UInt16

    /// Makes the method's arguments.
    public init(channelMax: UInt16, frameMax: UInt32, heartbeat: UInt16) {
        self.channelMax = channelMax
        self.frameMax = frameMax
        self.heartbeat = heartbeat
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.channelMax = try cursor.readUInt16(from: bytes)
        self.frameMax = try cursor.readUInt32(from: bytes)
        self.heartbeat = try cursor.readUInt16(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt16(self.channelMax)
        output.appendUInt32(self.frameMax)
        output.appendUInt16(self.heartbeat)
    }
}
