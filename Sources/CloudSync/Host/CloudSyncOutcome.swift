// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What has become of an event in AWS, for the service to record.
public enum CloudSyncOutcome: Hashable, Sendable {
    /// A CA is registered and active.
    case authorityRegistered(AuthorityRegistration)
    /// A CA will not be registered as it is.
    case authorityRefused(authorityID: String, reason: String)
    /// A device is a thing, with its certificate and policies attached.
    case deviceBound(DeviceBinding)
}
