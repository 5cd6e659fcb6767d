// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Opens a virtual host.
///
/// Sent by the client. Answered by ``ConnectionOpenOk``.
public struct ConnectionOpen: AMQPMethodArguments {
    /// Class 10, method 40.
    public static let id = AMQPMethodID(classID: 10, methodID: 40)

    /// The virtual host's name.
    public var virtualHost: String

    /// Makes the method's arguments.
    public init(virtualHost: String = "/") {
        self.virtualHost = virtualHost
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.virtualHost = try cursor.readShortString(from: bytes)
        try cursor.skipShortString(in: bytes)  // reserved-1
        _ = try cursor.readUInt8(from: bytes)  // reserved-2
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendShortString(self.virtualHost)
        output.appendUInt8(0)  // reserved-1
        output.appendUInt8(0)  // reserved-2
    }
}

/// Tells that the connection is ready for use.
///
/// Sent by the server.
public struct ConnectionOpenOk: AMQPMethodArguments {
    /// Class 10, method 41.
    public static let id = AMQPMethodID(classID: 10, methodID: 41)

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
