// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// A CA certificate as AWS has it.
public struct CACertificateDescription: Hashable, Sendable, JSONDecodable {
    /// The certificate's ARN.
    public var certificateARN: String?
    /// The certificate's id: the SHA-256 of its DER form, in hex.
    public var certificateID: String?
    /// The status.
    public var status: CACertificateStatus?
    /// The certificate as PEM.
    public var certificatePEM: String?
    /// Whether its devices register themselves when they first connect.
    public var autoRegistrationStatus: AutoRegistrationStatus?
    /// How AWS tells which account the CA's devices belong to.
    public var certificateMode: CertificateMode?

    /// Reads a JSON object; unknown members are skipped.
    public init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "certificateArn": self.certificateARN = try .init(from: &reader)
            case "certificateId": self.certificateID = try .init(from: &reader)
            case "status": self.status = try .init(from: &reader)
            case "certificatePem": self.certificatePEM = try .init(from: &reader)
            case "autoRegistrationStatus": self.autoRegistrationStatus = try .init(from: &reader)
            case "certificateMode": self.certificateMode = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }
}
