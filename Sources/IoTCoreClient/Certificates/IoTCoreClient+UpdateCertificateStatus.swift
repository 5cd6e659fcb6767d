// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// What became of a certificate's status.
public enum CertificateStatusResult: Hashable, Sendable {
    /// It was another one and was changed.
    case changed(from: CertificateStatus)
    /// It was that one already.
    case unchanged
    /// AWS has the certificate as revoked, which stays, whatever was asked for.
    case staysRevoked
}

extension IoTCoreClient {
    /// Makes a registered certificate have a status, unless it is revoked, which stays.
    ///
    /// The status is read first and changed only on a difference, so that a late activation never undoes a revocation.
    ///
    /// - Parameters:
    ///   - status: the status it should have.
    ///   - certificateID: the certificate's id, `X509Certificate.iotCertificateID`.
    /// - Returns: what was done.
    /// - Throws: ``IoTCoreError``; ``IoTCoreError/Code/notFound`` where AWS does not know the certificate.
    @discardableResult
    public func updateCertificateStatus(
        to status: CertificateStatus, of certificateID: String
    ) async throws(IoTCoreError) -> CertificateStatusResult {
        try await self.settle("certificate \(certificateID)") { () async throws(IoTCoreError) -> CertificateStatusResult? in
            let description = try await self.find(DescribeCertificate(certificateID: certificateID), \.certificateDescription)
            guard let description else {
                throw IoTCoreError(.notFound, message: "AWS does not know the certificate \(certificateID): register it first")
            }
            return try await self.bring(description, to: status)
        }
    }

    /// Changes a status on a difference.
    ///
    /// - Returns: `nil` where the status has changed since it was read.
    func bring(
        _ description: CertificateDescription, to status: CertificateStatus
    ) async throws(IoTCoreError) -> CertificateStatusResult? {
        let present = try Self.require(description.status, of: DescribeCertificate.self)
        let certificateID = try Self.require(description.certificateID, of: DescribeCertificate.self)
        switch present {
        case status: return .unchanged
        case .revoked: return .staysRevoked
        default:
            // One that was revoked, or deleted, since it was read is refused.
            let update = UpdateCertificate(certificateID: certificateID, newStatus: status)
            guard try await self.call(update, unless: .certificateState, .resourceNotFound) != nil else { return nil }
            return .changed(from: present)
        }
    }
}
