// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Changes the status of a device certificate.
///
/// API reference: [UpdateCertificate](https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateCertificate.html).
public struct UpdateCertificate: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "UpdateCertificate" }

    /// The certificate's id: the SHA-256 of its DER form, in hex.
    public var certificateID: String
    /// The new status.
    public var newStatus: CertificateStatus

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - certificateID: the certificate's id: the SHA-256 of its DER form, in hex.
    ///   - newStatus: the new status.
    public init(certificateID: String, newStatus: CertificateStatus) {
        self.certificateID = certificateID
        self.newStatus = newStatus
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.put, "/certificates/\(self.certificateID)")
        request.query("newStatus", self.newStatus.rawValue)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
