// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Which keys a profile issues certificates for.
public struct CryptoEnforcement: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// Whether the rules hold.
    public var isEnabled: Bool
    /// Whether RSA keys are allowed.
    public var allowsRSAKeys: Bool
    /// Of which sizes, in bits.
    public var allowedRSAKeySizes: [Int]
    /// Whether ECDSA keys are allowed.
    public var allowsECDSAKeys: Bool
    /// Of which sizes, in bits.
    public var allowedECDSAKeySizes: [Int]
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes rules for keys; each parameter is the property of its name.
    public init(
        isEnabled: Bool = false,
        allowsRSAKeys: Bool = false,
        allowedRSAKeySizes: [Int] = [],
        allowsECDSAKeys: Bool = false,
        allowedECDSAKeySizes: [Int] = [],
        additional: [JSONValue.Member] = []
    ) {
        self.isEnabled = isEnabled
        self.allowsRSAKeys = allowsRSAKeys
        self.allowedRSAKeySizes = allowedRSAKeySizes
        self.allowsECDSAKeys = allowsECDSAKeys
        self.allowedECDSAKeySizes = allowedECDSAKeySizes
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "enabled": self.isEnabled = try Optional(from: &reader) ?? false
            case "allow_rsa_keys": self.allowsRSAKeys = try Optional(from: &reader) ?? false
            case "allowed_rsa_key_sizes": self.allowedRSAKeySizes = try Optional(from: &reader) ?? []
            case "allow_ecdsa_keys": self.allowsECDSAKeys = try Optional(from: &reader) ?? false
            case "allowed_ecdsa_key_sizes": self.allowedECDSAKeySizes = try Optional(from: &reader) ?? []
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("enabled", self.isEnabled)
        writer.member("allow_rsa_keys", self.allowsRSAKeys)
        writer.member("allowed_rsa_key_sizes", self.allowedRSAKeySizes)
        writer.member("allow_ecdsa_keys", self.allowsECDSAKeys)
        writer.member("allowed_ecdsa_key_sizes", self.allowedECDSAKeySizes)
        writer.members(self.additional)
        writer.endObject()
    }
}
