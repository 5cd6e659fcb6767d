// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Deletes a queue.
///
/// Sent by the client. Answered by ``QueueDeleteOk``.
public struct QueueDelete: AMQPMethodArguments {
    /// Class 50, method 40.
    public static let id = AMQPMethodID(classID: 50, methodID: 40)

    /// The queue's name; empty for the channel's last declared one.
    public var queue: String
    /// Whether to delete it only when it has no consumers.
    public var ifUnused: Bool
    /// Whether to delete it only when it has no messages.
    public var ifEmpty: Bool
    /// Whether the server shall not answer.
    public var noWait: Bool

    /// Makes the method's arguments.
    public init(queue: String, ifUnused: Bool = false, ifEmpty: Bool = false, noWait: Bool = false) {
        self.queue = queue
        self.ifUnused = ifUnused
        self.ifEmpty = ifEmpty
        self.noWait = noWait
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        _ = try cursor.readUInt16(from: bytes)  // reserved-1
        self.queue = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.ifUnused = bits[0]
        self.ifEmpty = bits[1]
        self.noWait = bits[2]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(0)  // reserved-1
        try output.appendShortString(self.queue)
        output.appendBits(self.ifUnused, self.ifEmpty, self.noWait)
    }
}

/// Confirms a deletion.
///
/// Sent by the server.
public struct QueueDeleteOk: AMQPMethodArguments {
    /// Class 50, method 41.
    public static let id = AMQPMethodID(classID: 50, methodID: 41)

    /// How many messages went with the queue.
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
