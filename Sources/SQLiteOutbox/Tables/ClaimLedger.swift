// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a store has given out and not heard of since; in memory, because it ends with the process as the leases do.
struct ClaimLedger: Sendable {
    private var places: [Int64: (subject: Int64, bytes: Int64)] = [:]
    private var outstanding: [Int64: Set<Int64>] = [:]

    /// An event was given out.
    mutating func gave(_ number: Int64, of subject: Int64, bytes: Int64) {
        self.places[number] = (subject, bytes)
        self.outstanding[subject, default: []].insert(number)
    }

    /// To which subject an event belongs that is given out, and how long its payload is.
    func place(of number: Int64) -> (subject: Int64, bytes: Int64)? { self.places[number] }

    /// An event was settled.
    ///
    /// - Returns: whether it was the last one of its subject.
    mutating func settled(_ number: Int64) -> Bool {
        guard let subject = self.places.removeValue(forKey: number)?.subject else { return false }
        self.outstanding[subject]?.remove(number)
        guard self.outstanding[subject]?.isEmpty ?? true else { return false }
        self.outstanding[subject] = nil
        return true
    }

    /// A subject is not held any more.
    mutating func gaveBack(_ subject: Int64) {
        for number in self.outstanding.removeValue(forKey: subject) ?? [] { self.places[number] = nil }
    }

    /// No subject is held any more.
    mutating func gaveBackEverything() {
        self = ClaimLedger()
    }
}
