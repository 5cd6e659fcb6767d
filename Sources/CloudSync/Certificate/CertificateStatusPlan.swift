// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import IoTCoreClient

/// What has to be done so that a certificate in AWS has the status the PKI wants; values in, values out.
///
/// It compares with what AWS says now, never with an earlier event: so a second delivery plans nothing, and a late activation
/// cannot undo a revocation.
package enum CertificateStatusPlan: Hashable, Sendable {
    /// AWS has the certificate as it should be.
    case keep
    /// AWS has it as revoked, which stays, whatever the event says.
    case keepRevoked
    /// AWS has it otherwise: its status is to be changed.
    case update(to: CertificateStatus)
    /// AWS does not know it, and it must not come alive there later: it is registered as revoked, as a mark for whoever comes after.
    case registerRevoked
    /// AWS does not know it, and its status matters only there.
    case nothingToUpdate

    /// Plans.
    ///
    /// - Parameters:
    ///   - present: the status in AWS; `nil` when AWS does not know the certificate.
    ///   - desired: the status the PKI wants.
    package init(present: CertificateStatus?, desired: CertificateStatus) {
        switch present {
        case nil: self = desired == .revoked ? .registerRevoked : .nothingToUpdate
        case desired: self = .keep
        case .revoked: self = .keepRevoked
        default: self = .update(to: desired)
        }
    }
}
