// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What an idempotent operation did so that a resource is as it should be.
public enum IoTChange: Hashable, Sendable {
    /// There was none: it was made.
    case created
    /// It was there and different: it was changed.
    case updated
    /// It was as it should be: nothing was written.
    case unchanged
}
