// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Closes the connection; the sender takes no more methods but the answer.
///
/// Sent by either side. Answered by ``ConnectionCloseOk``.
public struct ConnectionClose: AMQPMethodArguments {
    /// Class 10, method 50.
    public static let id = AMQPMethodID(classID: 10, methodID: 50)

    /// Why, as a code.
    public var replyCode: AMQPReplyCode
    /// Why, for a person.
    public var replyText: String
    /// The class of the method that failed; 0 when no method did.
    public var classID: UInt16
    /// The method that failed; 0 when none did.
    public var methodID: UInt16

    /// Makes the method's arguments.
    public init(replyCode: AMQPReplyCode, replyText: String, classID: UInt16 = 0, methodID: UInt16 = 0) {
        self.replyCode = replyCode
        self.replyText = replyText
        self.classID = classID
        self.methodID = methodID
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.replyCode = AMQPReplyCode(rawValue: try cursor.readUInt16(from: bytes))
        self.replyText = try cursor.readShortString(from: bytes)
        self.classID = try cursor.readUInt16(from: bytes)
        self.methodID = try cursor.readUInt16(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(self.replyCode.rawValue)
        try output.appendShortString(self.replyText)
        output.appendUInt16(self.classID)
        output.appendUInt16(self.methodID)
    }
}

/// Confirms that the connection is closed.
///
/// Sent by either side.
public struct ConnectionCloseOk: AMQPMethodArguments {
    /// Class 10, method 51.
    public static let id = AMQPMethodID(classID: 10, methodID: 51)

    /// Makes the method, which has no arguments.
    public init() {}

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        try ByteCursor().finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) {}
}
