// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// How far the registration of a CA in AWS has come.
///
/// Times are RFC 3339 text as it was written; `0001-01-01T00:00:00Z` stands for none.
public struct AWSCARegistration: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// When it was asked for.
    public var requestTime: String?
    /// When it was done.
    public var registrationTime: String?
    /// How far it has come.
    public var status: AWSRegistrationStatus?
    /// Why it failed; empty otherwise.
    public var error: String
    /// Whether the account may prove that it owns the CA; else devices are told apart by server name only.
    public var isPrimaryAccount: Bool
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a state of registration; each parameter is the property of its name.
    public init(
        requestTime: String? = nil,
        registrationTime: String? = nil,
        status: AWSRegistrationStatus? = nil,
        error: String = "",
        isPrimaryAccount: Bool = false,
        additional: [JSONValue.Member] = []
    ) {
        self.requestTime = requestTime
        self.registrationTime = registrationTime
        self.status = status
        self.error = error
        self.isPrimaryAccount = isPrimaryAccount
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "registration_request_time": self.requestTime = try Optional(from: &reader)
            case "registration_time": self.registrationTime = try Optional(from: &reader)
            case "status": self.status = try Optional(from: &reader)
            case "error": self.error = try Optional(from: &reader) ?? ""
            case "primary_account": self.isPrimaryAccount = try Optional(from: &reader) ?? false
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("registration_request_time", ifPresent: self.requestTime)
        writer.member("registration_time", ifPresent: self.registrationTime)
        writer.member("status", ifPresent: self.status)
        writer.member("error", self.error)
        writer.member("primary_account", self.isPrimaryAccount)
        writer.members(self.additional)
        writer.endObject()
    }
}
