// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a run of chaos came to.
struct ChaosOutcome: Sendable, CustomStringConvertible {
    var verdict: ChaosVerdict
    /// How often each kind of fault happened.
    var faults: [String: Int]
    /// How often a publisher died.
    var deaths: Int
    /// How many writes found a disk full.
    var refusedWrites: Int64
    var duration: Duration
    /// What the publishers said at their ends.
    var reports: [String]

    var description: String {
        let verdict = self.verdict
        let levels = verdict.succeeded.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let faults = self.faults.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        let lost = verdict.missing.values.reduce(0) { $0 + $1.count }
        return """
            \(verdict.succeeded.values.reduce(0, +)) operations (\(levels)) and \(verdict.failed) that failed on purpose, in \(self.duration)
            \(self.faults.values.reduce(0, +)) faults: \(faults); \(self.deaths) deaths, \(self.refusedWrites) writes refused
            \(lost) lost, all in flight at a kill and afterTheFact: \(verdict.missing["afterTheFact"]?.count == lost || lost == 0); \
            \(verdict.duplicates) duplicates
            \(self.reports.joined(separator: "\n"))
            """
    }
}
