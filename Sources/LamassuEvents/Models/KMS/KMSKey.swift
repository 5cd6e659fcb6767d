// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A key as the key management service describes it; never the private key itself.
public struct KMSKey: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the key.
    public var id: String
    /// The key as a PKCS #11 URI (RFC 7512).
    public var pkcs11URI: String?
    /// Its name, for a person.
    public var name: String
    /// Further names.
    public var aliases: [String]
    /// Which key store holds it.
    public var engineID: String?
    /// Whether the store holds the private key too.
    public var hasPrivateKey: Bool
    /// The algorithm: `RSA`, `ECDSA`.
    public var algorithm: String?
    /// Its size, in bits.
    public var size: Int
    /// The public key: base64 of PEM.
    public var publicKey: String?
    /// When it was made: RFC 3339 text as it was written.
    public var creationTimestamp: String?
    /// Words by which it is found.
    public var tags: [String]
    /// What services keep with the key.
    public var metadata: Metadata
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a key; each parameter is the property of its name.
    public init(
        id: String,
        pkcs11URI: String? = nil,
        name: String = "",
        aliases: [String] = [],
        engineID: String? = nil,
        hasPrivateKey: Bool = false,
        algorithm: String? = nil,
        size: Int = 0,
        publicKey: String? = nil,
        creationTimestamp: String? = nil,
        tags: [String] = [],
        metadata: Metadata = Metadata(),
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.pkcs11URI = pkcs11URI
        self.name = name
        self.aliases = aliases
        self.engineID = engineID
        self.hasPrivateKey = hasPrivateKey
        self.algorithm = algorithm
        self.size = size
        self.publicKey = publicKey
        self.creationTimestamp = creationTimestamp
        self.tags = tags
        self.metadata = metadata
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "")
        var missing: Set = ["key_id"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "key_id": self.id = try String(from: &reader)
            case "pkcs11_uri": self.pkcs11URI = try Optional(from: &reader)
            case "name": self.name = try Optional(from: &reader) ?? ""
            case "aliases": self.aliases = try Optional(from: &reader) ?? []
            case "engine_id": self.engineID = try Optional(from: &reader)
            case "has_private_key": self.hasPrivateKey = try Optional(from: &reader) ?? false
            case "algorithm": self.algorithm = try Optional(from: &reader)
            case "size": self.size = try Optional(from: &reader) ?? 0
            case "public_key": self.publicKey = try Optional(from: &reader)
            case "creation_ts": self.creationTimestamp = try Optional(from: &reader)
            case "tags": self.tags = try Optional(from: &reader) ?? []
            case "metadata": self.metadata = try Optional(from: &reader) ?? Metadata()
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "a key")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("key_id", self.id)
        writer.member("pkcs11_uri", ifPresent: self.pkcs11URI)
        writer.member("name", self.name)
        writer.member("aliases", self.aliases)
        writer.member("engine_id", ifPresent: self.engineID)
        writer.member("has_private_key", self.hasPrivateKey)
        writer.member("algorithm", ifPresent: self.algorithm)
        writer.member("size", self.size)
        writer.member("public_key", ifPresent: self.publicKey)
        writer.member("creation_ts", ifPresent: self.creationTimestamp)
        writer.member("tags", self.tags)
        writer.member("metadata", self.metadata)
        writer.members(self.additional)
        writer.endObject()
    }
}
