// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A place of a device for something that proves or protects: its identity, a token, a key.
public struct Slot: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The status of what is in it, such as `ACTIVE`.
    public var status: String?
    /// Which of the versions counts.
    public var activeVersion: Int
    /// What is in it: `x509`, `TOKEN`, `SSH_KEY`, `OTHER`.
    public var type: String?
    /// Version number to content; in an identity the serial number of the certificate.
    public var versions: [String: JSONValue]
    /// When the content expires: RFC 3339 text as it was written.
    public var expirationDate: String?
    /// What happened to it, by RFC 3339 time.
    public var events: [String: DeviceEvent]
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a slot; each parameter is the property of its name.
    public init(
        status: String? = nil,
        activeVersion: Int = 0,
        type: String? = nil,
        versions: [String: JSONValue] = [:],
        expirationDate: String? = nil,
        events: [String: DeviceEvent] = [:],
        additional: [JSONValue.Member] = []
    ) {
        self.status = status
        self.activeVersion = activeVersion
        self.type = type
        self.versions = versions
        self.expirationDate = expirationDate
        self.events = events
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "status": self.status = try Optional(from: &reader)
            case "active_version": self.activeVersion = try Optional(from: &reader) ?? 0
            case "type": self.type = try Optional(from: &reader)
            case "versions": self.versions = try Optional(from: &reader) ?? [:]
            case "expiration_date": self.expirationDate = try Optional(from: &reader)
            case "events": self.events = try Optional(from: &reader) ?? [:]
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("status", ifPresent: self.status)
        writer.member("active_version", self.activeVersion)
        writer.member("type", ifPresent: self.type)
        writer.member("versions", self.versions)
        writer.member("expiration_date", ifPresent: self.expirationDate)
        writer.member("events", self.events)
        writer.members(self.additional)
        writer.endObject()
    }
}

extension Slot {
    /// The serial number of the certificate that counts, where the slot is an identity.
    public var activeSerialNumber: String? { self.versions[String(self.activeVersion)]?.stringValue }
}
