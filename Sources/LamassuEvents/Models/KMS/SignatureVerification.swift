// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Whether a signature is that of a key.
public struct SignatureVerification: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether it is.
    public var isValid: Bool
    /// Why it could not be said.
    public var error: String?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the outcome of a verification; each parameter is the property of its name.
    public init(
        isValid: Bool,
        error: String? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.isValid = isValid
        self.error = error
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(isValid: false)
        var missing: Set = ["valid"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "valid": self.isValid = try Bool(from: &reader)
            case "error": self.error = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the outcome of a verification")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("valid", self.isValid)
        writer.member("error", ifPresent: self.error)
        writer.members(self.additional)
        writer.endObject()
    }
}
