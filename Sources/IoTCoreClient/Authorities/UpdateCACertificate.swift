// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Changes the status of a CA certificate.
///
/// API reference: [UpdateCACertificate](https://docs.aws.amazon.com/iot/latest/apireference/API_UpdateCACertificate.html).
public struct UpdateCACertificate: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "UpdateCACertificate" }

    /// The certificate's id: the SHA-256 of its DER form, in hex.
    public var certificateID: String
    /// The new status.
    public var newStatus: CACertificateStatus?
    /// Whether its devices register themselves when they first connect.
    public var newAutoRegistrationStatus: AutoRegistrationStatus?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - certificateID: the certificate's id: the SHA-256 of its DER form, in hex.
    ///   - newStatus: the new status.
    ///   - newAutoRegistrationStatus: whether its devices register themselves when they first connect.
    public init(certificateID: String, newStatus: CACertificateStatus? = nil, newAutoRegistrationStatus: AutoRegistrationStatus? = nil) {
        self.certificateID = certificateID
        self.newStatus = newStatus
        self.newAutoRegistrationStatus = newAutoRegistrationStatus
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.put, "/cacertificate/\(self.certificateID)")
        request.jsonObject()
        request.query("newStatus", self.newStatus?.rawValue)
        request.query("newAutoRegistrationStatus", self.newAutoRegistrationStatus?.rawValue)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
