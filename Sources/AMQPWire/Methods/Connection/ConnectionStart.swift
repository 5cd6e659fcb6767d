// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Opens the negotiation: the server's version, its properties and what it accepts.
///
/// Sent by the server. Answered by ``ConnectionStartOk``.
public struct ConnectionStart: AMQPMethodArguments {
    /// Class 10, method 10.
    public static let id = AMQPMethodID(classID: 10, methodID: 10)

    /// The protocol's major version: 0.
    public var versionMajor: UInt8
    /// The protocol's minor version: 9.
    public var versionMinor: UInt8
    /// What the server says of itself: product, version, capabilities.
    public var serverProperties: AMQPTable
    /// The SASL mechanisms the server accepts, separated by spaces.
    public var mechanisms: String
    /// The locales the server has, separated by spaces.
    public var locales: String

    /// Makes the method's arguments.
    public init(
        versionMajor: UInt8 = 0, versionMinor: UInt8 = 9, serverProperties: AMQPTable, mechanisms: String, locales: String
    ) {
        self.versionMajor = versionMajor
        self.versionMinor = versionMinor
        self.serverProperties = serverProperties
        self.mechanisms = mechanisms
        self.locales = locales
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.versionMajor = try cursor.readUInt8(from: bytes)
        self.versionMinor = try cursor.readUInt8(from: bytes)
        self.serverProperties = try cursor.readTable(from: bytes)
        self.mechanisms = try cursor.readLongText(from: bytes)
        self.locales = try cursor.readLongText(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt8(self.versionMajor)
        output.appendUInt8(self.versionMinor)
        try output.appendTable(self.serverProperties)
        try output.appendLongString(self.mechanisms)
        try output.appendLongString(self.locales)
    }
}

/// Selects a SASL mechanism and gives its first response.
///
/// Sent by the client.
public struct ConnectionStartOk: AMQPMethodArguments {
    /// Class 10, method 11.
    public static let id = AMQPMethodID(classID: 10, methodID: 11)

    /// What the client says of itself: product, version, capabilities.
    public var clientProperties: AMQPTable
    /// The chosen SASL mechanism.
    public var mechanism: String
    /// The mechanism's response, which holds the credentials.
    public var response: AMQPSecret
    /// The chosen locale.
    public var locale: String

    /// Makes the method's arguments.
    public init(clientProperties: AMQPTable, mechanism: String, response: AMQPSecret, locale: String = "en_US") {
        self.clientProperties = clientProperties
        self.mechanism = mechanism
        self.response = response
        self.locale = locale
    }

    /// Decodes the arguments of a method frame.
    public init(decoding bytes: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        self.clientProperties = try cursor.readTable(from: bytes)
        self.mechanism = try cursor.readShortString(from: bytes)
        self.response = AMQPSecret(try cursor.readLongBytes(from: bytes))
        self.locale = try cursor.readShortString(from: bytes)
        try cursor.finish(bytes)
    }

    /// Appends the arguments as a method frame carries them.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try output.appendTable(self.clientProperties)
        try output.appendShortString(self.mechanism)
        try output.appendLongBytes(self.response.bytes)
        try output.appendShortString(self.locale)
    }
}
