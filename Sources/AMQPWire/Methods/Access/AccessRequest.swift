// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Asks for an access ticket, a notion of older versions that RabbitMQ still answers and that has no effect.
///
/// Sent by the client. Answered by ``AccessRequestOk``.
public struct AccessRequest: AMQPMethodArguments {
    /// Class 30, method 10.
    public static let id = AMQPMethodID(classID: 30, methodID: 10)

    /// The realm.
    public var realm: String
    /// Whether exclusive access is wanted.
    public var exclusive: Bool
    /// Whether passive access is wanted.
    public var passive: Bool
    /// Whether active access is wanted.
    public var active: Bool
    /// Whether writing is wanted.
    public var write: Bool
    /// Whether reading is wanted.
    public var read: Bool

    /// Makes the method's arguments.
    public init(
        realm: String = "/data", exclusive: Bool = false, passive: Bool = true, active: Bool = true, write: Bool = true,
        read: Bool = true
    ) {
        self.realm = realm
        self.exclusive = exclusive
        self.passive = passive
        self.active = active
        self.write = write
        self.read = read
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.realm = try cursor.readShortString(from: bytes)
        let bits = try cursor.readBits(from: bytes)
        self.exclusive = bits[0]
        self.passive = bits[1]
        self.active = bits[2]
        self.write = bits[3]
        self.read = bits[4]
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.realm)
        output.appendBits(self.exclusive, self.passive, self.active, self.write, self.read)
    }
}

/// Gives the ticket that was asked for.
///
/// Sent by the server.
public struct AccessRequestOk: AMQPMethodArguments {
    /// Class 30, method 11.
    public static let id = AMQPMethodID(classID: 30, methodID: 11)

    /// The ticket; methods of this version have no use for it.
    public var ticket: UInt16

    /// Makes the method's arguments.
    public init(ticket: UInt16 = 1) {
        self.ticket = ticket
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.ticket = try cursor.readUInt16(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {
        output.appendUInt16(self.ticket)
    }
}
