// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a content header frame tells of the body that follows it.
public struct AMQPContentHeader: Equatable, Sendable {
    /// The class of the methods that have contents: `basic`, and no other.
    private static let basicClassID: UInt16 = 60

    /// The size of the whole body, in bytes; the peer's word, to be checked before anything is allocated for it.
    public var bodySize: UInt64
    /// The message's properties.
    public var properties: AMQPProperties

    /// Makes a header.
    ///
    /// - Parameters:
    ///   - bodySize: the size of the whole body, in bytes.
    ///   - properties: the message's properties.
    public init(bodySize: UInt64, properties: AMQPProperties = AMQPProperties()) {
        self.bodySize = bodySize
        self.properties = properties
    }

    /// Decodes a content header frame's payload.
    ///
    /// - Throws: ``AMQPWireError/Code/malformedFrame`` when it is not the header of a `basic` content; what is wrong with a property.
    public init(decoding payload: Span<UInt8>) throws(AMQPWireError) {
        var cursor = ByteCursor()
        let classID = try cursor.readUInt16(from: payload)
        let weight = try cursor.readUInt16(from: payload)
        guard classID == Self.basicClassID, weight == 0 else {
            throw AMQPWireError(.malformedFrame, message: "a content header of class \(classID) and weight \(weight); 60 and 0 are defined")
        }
        self.bodySize = try cursor.readUInt64(from: payload)
        self.properties = try AMQPProperties(from: &cursor, in: payload)
        try cursor.finish(payload)
    }

    /// Appends the header as a content header frame carries it.
    public func encode(into output: inout [UInt8]) throws(AMQPWireError) {
        try Self.encode(bodySize: self.bodySize, properties: self.properties, into: &output)
    }

    /// Appends a header whose parts are at hand, sparing the copy of the properties into one.
    static func encode(bodySize: UInt64, properties: AMQPProperties, into output: inout [UInt8]) throws(AMQPWireError) {
        output.appendUInt16(Self.basicClassID)
        output.appendUInt16(0)  // weight
        output.appendUInt64(bodySize)
        try properties.encode(into: &output)
    }
}
