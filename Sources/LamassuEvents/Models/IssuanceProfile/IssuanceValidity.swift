// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How long the certificates of a profile are valid.
public struct IssuanceValidity: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Which of the other two counts.
    public var type: String?
    /// For how long: text such as `1y`.
    public var duration: String?
    /// Until when: RFC 3339 text as it was written.
    public var time: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a validity; each parameter is the property of its name.
    public init(
        type: String? = nil,
        duration: String? = nil,
        time: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.type = type
        self.duration = duration
        self.time = time
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "type": self.type = try Optional(from: &reader)
            case "duration": self.duration = try Optional(from: &reader)
            case "time": self.time = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", ifPresent: self.type)
        writer.member("duration", ifPresent: self.duration)
        writer.member("time", ifPresent: self.time)
        writer.members(self.additional)
        writer.endObject()
    }
}
