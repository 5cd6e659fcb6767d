// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A device got a certificate through a DMS.
public struct EnrollmentOutput: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The certificate: base64 of PEM.
    public var certificate: String
    /// The additional path segment of EST: the identifier of the DMS.
    public var aps: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes the outcome of an enrolment; each parameter is the property of its name.
    public init(
        certificate: String,
        aps: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.certificate = certificate
        self.aps = aps
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(certificate: "")
        var missing: Set = ["certificate"]
        try reader.beginObject()
        while let key = try reader.nextKey() {
            missing.remove(key)
            switch key {
            case "certificate": self.certificate = try String(from: &reader)
            case "aps": self.aps = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
        try reader.require(none: missing, of: "the outcome of an enrolment")
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("certificate", self.certificate)
        writer.member("aps", self.aps)
        writer.members(self.additional)
        writer.endObject()
    }
}
