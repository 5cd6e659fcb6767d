// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why another attempt of a call may succeed.
package enum RetryReason: Hashable, Sendable, CaseIterable {
    /// The fault passes: of the network, of a server, of credentials that have expired.
    case transient
    /// AWS said that calls come too fast.
    case throttling
    /// The clock of this machine was wrong, and by how much is known now.
    case clockSkew
}

/// What AWS asks to wait.
package enum RetryAfter: Hashable, Sendable {
    /// At least this long: the header field `Retry-After`.
    case atLeast(Duration)
    /// This long, but neither shorter than the client's own wait nor five seconds longer: the header field `x-amz-retry-after`.
    case around(Duration)
}
