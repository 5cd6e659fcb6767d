// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// What a connector to AWS keeps with a certificate.
public struct AWSCertificateBlock: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The ARN of the certificate in AWS.
    public var arn: String
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a block; each parameter is the property of its name.
    public init(
        arn: String = "",
        additional: [JSONValue.Member] = []
    ) {
        self.arn = arn
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "arn": self.arn = try Optional(from: &reader) ?? ""
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("arn", self.arn)
        writer.members(self.additional)
        writer.endObject()
    }
}
