// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Which client certificates count at enrolment.
public struct ClientCertificateSettings: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifiers of the CAs whose certificates count.
    public var validationCAs: [String]
    /// How many levels of the chain are checked; -1 for all.
    public var chainLevelValidation: Int
    /// Whether an expired certificate counts.
    public var allowsExpired: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes settings of client certificates; each parameter is the property of its name.
    public init(
        validationCAs: [String] = [],
        chainLevelValidation: Int = 0,
        allowsExpired: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.validationCAs = validationCAs
        self.chainLevelValidation = chainLevelValidation
        self.allowsExpired = allowsExpired
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "validation_cas": self.validationCAs = try Optional(from: &reader) ?? []
            case "chain_level_validation": self.chainLevelValidation = try Optional(from: &reader) ?? 0
            case "allow_expired": self.allowsExpired = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("validation_cas", self.validationCAs)
        writer.member("chain_level_validation", self.chainLevelValidation)
        writer.member("allow_expired", self.allowsExpired)
        writer.members(self.additional)
        writer.endObject()
    }
}
