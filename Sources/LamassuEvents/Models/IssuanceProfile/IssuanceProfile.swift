// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// By which rules certificates are issued.
public struct IssuanceProfile: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The identifier of the profile.
    public var id: String
    /// Its name, for a person.
    public var name: String
    /// More on it, for a person: the member `description`.
    public var text: String
    /// How long certificates are valid.
    public var validity: IssuanceValidity?
    /// Whether certificates are those of CAs.
    public var signsAsCA: Bool
    /// Whether the key usage of the request is taken.
    public var honorsKeyUsage: Bool
    /// The key usage otherwise.
    public var keyUsage: KeyUsages
    /// Whether the extended key usages of the request are taken.
    public var honorsExtendedKeyUsages: Bool
    /// The extended key usages otherwise.
    public var extendedKeyUsages: KeyUsages
    /// Whether the subject of the request is taken.
    public var honorsSubject: Bool
    /// What the subject has otherwise.
    public var subject: DistinguishedName?
    /// Whether the extensions of the request are taken.
    public var honorsExtensions: Bool
    /// Which keys are allowed.
    public var cryptoEnforcement: CryptoEnforcement?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes an issuance profile; each parameter is the property of its name.
    public init(
        id: String,
        name: String = "",
        text: String = "",
        validity: IssuanceValidity? = nil,
        signsAsCA: Bool = false,
        honorsKeyUsage: Bool = false,
        keyUsage: KeyUsages = [],
        honorsExtendedKeyUsages: Bool = false,
        extendedKeyUsages: KeyUsages = [],
        honorsSubject: Bool = false,
        subject: DistinguishedName? = nil,
        honorsExtensions: Bool = false,
        cryptoEnforcement: CryptoEnforcement? = nil,
        additional: [JSONValue.Member] = []
    ) {
        self.id = id
        self.name = name
        self.text = text
        self.validity = validity
        self.signsAsCA = signsAsCA
        self.honorsKeyUsage = honorsKeyUsage
        self.keyUsage = keyUsage
        self.honorsExtendedKeyUsages = honorsExtendedKeyUsages
        self.extendedKeyUsages = extendedKeyUsages
        self.honorsSubject = honorsSubject
        self.subject = subject
        self.honorsExtensions = honorsExtensions
        self.cryptoEnforcement = cryptoEnforcement
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(id: "")
        var missing: Set = ["id"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "id": self.id = try String(from: &reader)
            case "name": self.name = try Optional(from: &reader) ?? ""
            case "description": self.text = try Optional(from: &reader) ?? ""
            case "validity": self.validity = try Optional(from: &reader)
            case "sign_as_ca": self.signsAsCA = try Optional(from: &reader) ?? false
            case "honor_key_usage": self.honorsKeyUsage = try Optional(from: &reader) ?? false
            case "key_usage": self.keyUsage = try Optional(from: &reader) ?? []
            case "honor_extended_key_usages": self.honorsExtendedKeyUsages = try Optional(from: &reader) ?? false
            case "extended_key_usages": self.extendedKeyUsages = try Optional(from: &reader) ?? []
            case "honor_subject": self.honorsSubject = try Optional(from: &reader) ?? false
            case "subject": self.subject = try Optional(from: &reader)
            case "honor_extensions": self.honorsExtensions = try Optional(from: &reader) ?? false
            case "crypto_enforcement": self.cryptoEnforcement = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "an issuance profile")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", self.id)
        writer.member("name", self.name)
        writer.member("description", self.text)
        writer.member("validity", ifPresent: self.validity)
        writer.member("sign_as_ca", self.signsAsCA)
        writer.member("honor_key_usage", self.honorsKeyUsage)
        writer.member("key_usage", self.keyUsage)
        writer.member("honor_extended_key_usages", self.honorsExtendedKeyUsages)
        writer.member("extended_key_usages", self.extendedKeyUsages)
        writer.member("honor_subject", self.honorsSubject)
        writer.member("subject", ifPresent: self.subject)
        writer.member("honor_extensions", self.honorsExtensions)
        writer.member("crypto_enforcement", ifPresent: self.cryptoEnforcement)
        writer.members(self.additional)
        writer.endObject()
    }
}
