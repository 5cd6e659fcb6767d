// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a certificate may be used for.
public struct CertificateExtensions: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The key usage.
    public var keyUsage: KeyUsages
    /// The extended key usage.
    public var extendedKeyUsage: KeyUsages
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes extensions; each parameter is the property of its name.
    public init(
        keyUsage: KeyUsages = [],
        extendedKeyUsage: KeyUsages = [],
        additional: [JSONValue.Member] = []
    ) {
        self.keyUsage = keyUsage
        self.extendedKeyUsage = extendedKeyUsage
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "key_usage": self.keyUsage = try Optional(from: &reader) ?? []
            case "extended_key_usage": self.extendedKeyUsage = try Optional(from: &reader) ?? []
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key_usage", self.keyUsage)
        writer.member("extended_key_usage", self.extendedKeyUsage)
        writer.members(self.additional)
        writer.endObject()
    }
}
