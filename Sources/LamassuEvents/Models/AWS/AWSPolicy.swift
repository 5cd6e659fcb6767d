// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A policy of AWS IoT Core that devices of a DMS get.
public struct AWSPolicy: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The name of the policy.
    public var name: String
    /// The policy itself, JSON as text.
    public var document: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a policy; each parameter is the property of its name.
    public init(
        name: String,
        document: String,
        additional: [JSONValue.Member] = []
    ) {
        self.name = name
        self.document = document
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(name: "", document: "")
        var missing: Set = ["policy_name", "policy_document"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "policy_name": self.name = try String(from: &reader)
            case "policy_document": self.document = try String(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a policy")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("policy_name", self.name)
        writer.member("policy_document", self.document)
        writer.members(self.additional)
        writer.endObject()
    }
}
