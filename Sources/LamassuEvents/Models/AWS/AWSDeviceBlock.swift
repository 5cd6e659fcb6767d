// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a connector to AWS keeps with a device.
public struct AWSDeviceBlock: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether the device is a thing in AWS.
    public var isThingRegistered: Bool
    /// What the device is to do; the connector passes it on and empties the list.
    public var actions: [AWSDeviceAction]
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a block; each parameter is the property of its name.
    public init(
        isThingRegistered: Bool = false,
        actions: [AWSDeviceAction] = [],
        additional: [JSONValue.Member] = []
    ) {
        self.isThingRegistered = isThingRegistered
        self.actions = actions
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "thing_registered": self.isThingRegistered = try Optional(from: &reader) ?? false
            case "actions": self.actions = try Optional(from: &reader) ?? []
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("thing_registered", self.isThingRegistered)
        writer.member("actions", self.actions)
        writer.members(self.additional)
        writer.endObject()
    }
}
