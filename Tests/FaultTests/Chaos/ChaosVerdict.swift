// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents

/// What the services did, held against what came out of the queue.
struct ChaosVerdict: Sendable {
    /// How many operations succeeded at each level.
    var succeeded: [String: Int] = [:]
    /// How many operations failed on purpose.
    var failed = 0
    /// How many deliveries repeated an event.
    var duplicates = 0
    /// How many operations of the third level may have no event, by how often their services died.
    var mayBeLost = 0

    /// Operations whose event did not come, by level.
    var missing: [String: [String]] = [:]
    /// Those of them whose call had returned, so that they were not in flight at a kill.
    var missingAfterReturn: [String] = []
    /// Events of operations that did not happen.
    var unfounded: [String] = []
    /// Operations with more than one event.
    var repeated: [String] = []
    /// Events that do not say what the operation did, or not the same each time, or not of this subject.
    var altered: [String] = []
    /// Subjects whose events came for the first time in another order than their operations had, or than their sequence says.
    var disordered: [String] = []
    /// Subjects of levels 1 and 2 whose sequence leaves out a number.
    var gaps: [String] = []
    /// What else was in the queue.
    var foreign: [String] = []

    /// Judges.
    ///
    /// - Parameters:
    ///   - operations: all that succeeded.
    ///   - failed: the names of operations that failed.
    ///   - returned: the names of operations whose call had returned.
    ///   - mayBeLost: how many operations of the third level may have no event.
    ///   - record: what came out of the queue.
    init(operations: [ChaosOperation], failed: Set<String>, returned: Set<String>, mayBeLost: Int, record: ChaosWitness.Record) {
        let byName = Dictionary(operations.map { ($0.name, $0) }) { first, _ in first }
        self.failed = failed.count
        self.mayBeLost = mayBeLost
        self.duplicates = record.deliveries - record.sightings.count
        self.foreign = record.foreign
        self.altered = record.changed.sorted()

        var identifiers: [String: Int] = [:]
        for (id, sighting) in record.sightings {
            identifiers[sighting.operation, default: 0] += 1
            guard let operation = byName[sighting.operation], !failed.contains(sighting.operation) else {
                self.unfounded.append(id)
                continue
            }
            if operation.payload != sighting.payload || operation.subject != sighting.subject { self.altered.append(id) }
        }
        self.repeated = identifiers.filter { $0.value > 1 }.map(\.key).sorted()

        for operation in operations {
            self.succeeded[operation.level, default: 0] += 1
            guard identifiers[operation.name] == nil else { continue }
            self.missing[operation.level, default: []].append(operation.name)
            if returned.contains(operation.name) { self.missingAfterReturn.append(operation.name) }
        }

        for (subject, ids) in record.order {
            let sightings = ids.compactMap { record.sightings[$0] }
            let versions = sightings.compactMap { byName[$0.operation]?.version }
            let sequences = sightings.map(\.sequence)
            if !Self.isIncreasing(versions) || !Self.isIncreasing(sequences) { self.disordered.append(subject) }
            if Self.hasGap(sequences) { self.gaps.append(subject) }
        }
    }

    /// What may not be, in words; empty when all is well.
    var complaints: [String] {
        var complaints: [String] = []
        func complain(_ what: String, _ names: [String]) {
            if !names.isEmpty { complaints.append("\(names.count) \(what), such as \(names.prefix(5).joined(separator: ", "))") }
        }
        for level in [DeliveryLevel.transactional, .writeAhead] {
            complain("operations at the level \(level) have no event", self.missing["\(level)"] ?? [])
        }
        let lost = self.missing["\(DeliveryLevel.afterTheFact)"] ?? []
        if lost.count > self.mayBeLost { complain("operations have no event, where deaths explain \(self.mayBeLost)", lost) }
        complain("operations have no event, though their call had returned", self.missingAfterReturn)
        complain("events are of operations that did not happen", self.unfounded)
        complain("operations have more than one event", self.repeated)
        complain("events say something else than the operation did", self.altered)
        complain("subjects are out of order", self.disordered)
        complain("subjects have gaps in their sequence", self.gaps)
        complain("messages are no events of this test", self.foreign)
        return complaints
    }

    private static func isIncreasing<Value: Comparable>(_ values: [Value]) -> Bool {
        zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
    }

    /// Whether two neighbours of the same count are not adjacent.
    private static func hasGap(_ sequences: [String]) -> Bool {
        let parts = sequences.map { $0.split(separator: ".").map { Int($0) } }
        return zip(parts, parts.dropFirst()).contains { first, second in
            guard first.count == 2, second.count == 2, let count = first[1], let next = second[1] else { return true }
            return first[0] == second[0] && next != count + 1
        }
    }
}
