// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Removes all ready messages from a queue.
///
/// Sent by the client. Answered by ``QueuePurgeOk``.
public struct QueuePurge: AMQPMethodArguments {
    /// Class 50, method 30.
    public static let id = AMQPMethodID(classID: 50, methodID: 30)

    /// The queue's name; empty for the channel's last declared one.
    public var queue: String
    /// Whether the server shall not answer.
    public var noWait: Bool

    /// Makes the method's arguments.
    public init(queue: String, noWait: Bool = false) {
        self.queue = queue
        self.noWait = noWait
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        self.noWait = try cursor.readBits(from: bytes)[0]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        output.appendBits(self.noWait)
    }
}

/// Confirms a purge.
///
/// Sent by the server.
public struct QueuePurgeOk: AMQPMethodArguments {
    /// Class 50, method 31.
    public static let id = AMQPMethodID(classID: 50, methodID: 31)

    /// How many messages were removed.
    public var messageCount: UInt32

    /// Makes the method's arguments.
    public init(messageCount: UInt32) {
        self.messageCount = messageCount
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.messageCount = try cursor.readUInt32(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt32(self.messageCount)
    }
}
