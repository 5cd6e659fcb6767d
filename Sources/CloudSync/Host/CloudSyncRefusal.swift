// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A host's word that it will never do what was asked, so that trying again is of no use.
public struct CloudSyncRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why; it stands in the dead letter.
    public var reason: String

    /// Makes a refusal.
    ///
    /// - Parameter reason: why; it stands in the dead letter, so no secret belongs in it.
    public init(reason: String) { self.reason = reason }

    /// The reason.
    public var description: String { self.reason }
}
