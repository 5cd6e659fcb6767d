// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Which revocation list of a CA counts.
public struct LatestCRL: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Its number: a decimal number of any length.
    public var version: String?
    /// From when it counts: RFC 3339 text as it was written.
    public var validFrom: String?
    /// Until when it counts: RFC 3339 text as it was written.
    public var validUntil: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the latest revocation list; each parameter is the property of its name.
    public init(
        version: String? = nil,
        validFrom: String? = nil,
        validUntil: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.version = version
        self.validFrom = validFrom
        self.validUntil = validUntil
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "version": self.version = try Optional(from: &reader)
            case "valid_from": self.validFrom = try Optional(from: &reader)
            case "valid_until": self.validUntil = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("version", ifPresent: self.version)
        writer.member("valid_from", ifPresent: self.validFrom)
        writer.member("valid_until", ifPresent: self.validUntil)
        writer.members(self.additional)
        writer.endObject()
    }
}
