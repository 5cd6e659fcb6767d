// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a run of chaos came to.
struct ChaosOutcome: Sendable, CustomStringConvertible {
    var verdict: ChaosVerdict
    /// How often each kind of fault happened.
    var faults: [String: Int]
    /// How often a publisher died.
    var deaths: Int
    /// How often one died at each point at which it was to be killed.
    var deathsAtPoints: [String: Int]
    /// How many writes found a disk full.
    var refusedWrites: Int
    var duration: Duration
    /// What the publishers said at their ends.
    var reports: [String]

    private static func list(_ counts: [String: Int]) -> String {
        counts.isEmpty ? "none" : counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    }

    var description: String {
        let verdict = self.verdict
        return """
            \(verdict.succeeded.values.reduce(0, +)) operations succeeded: \(Self.list(verdict.succeeded)); \(verdict.failed) failed on purpose
            \(self.faults.values.reduce(0, +)) faults in \(self.duration): \(Self.list(self.faults))
            \(self.deaths) deaths of a publisher, of which at a point: \(Self.list(self.deathsAtPoints)); \(self.refusedWrites) writes refused
            \(verdict.duplicates) duplicates; lost: \(Self.list(verdict.missing.mapValues(\.count))), of which \(verdict.mayBeLost) at most may be
            \(self.reports.joined())
            """
    }
}
