// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A CA certificate in a list.
public struct CACertificate: Hashable, Sendable, JSONDecodable {
    /// The certificate's ARN.
    public var certificateARN: String?
    /// The certificate's id: the SHA-256 of its DER form, in hex.
    public var certificateID: String?
    /// The status.
    public var status: CACertificateStatus?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "certificateArn": self.certificateARN = try .init(from: &reader)
            case "certificateId": self.certificateID = try .init(from: &reader)
            case "status": self.status = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
