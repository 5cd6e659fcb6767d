// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What an answer means to a waiter.
public enum AWSWaiterState: Hashable, Sendable {
    /// Not there yet: ask again.
    case retry
    /// The resource is as it was waited for.
    case success
    /// The resource will not become what it was waited for.
    case failure
}
