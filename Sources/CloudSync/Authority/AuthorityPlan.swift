// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import IoTCoreClient

/// What has to be done so that a CA stands in AWS as the PKI wants it; values in, values out.
package enum AuthorityPlan: Hashable, Sendable {
    /// It is registered, active, and lets its devices register themselves.
    case keep
    /// It is registered, but inactive or without auto-registration.
    case activate
    /// It is not registered.
    case register

    /// Plans.
    ///
    /// - Parameter present: the CA certificate as AWS describes it; `nil` when AWS does not know it.
    package init(present: CACertificateDescription?) {
        guard let present else {
            self = .register
            return
        }
        self = present.status == .active && present.autoRegistrationStatus == .enable ? .keep : .activate
    }
}
