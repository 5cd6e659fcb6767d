// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import Testing

/// The judge of ``ChaosTests`` notices what must not be.
struct ChaosVerdictTests {
    /// Two operations of each level, all of which came out of the queue.
    private struct Story {
        var operations: [ChaosOperation] = []
        var failed: Set<String> = ["failed-1"]
        var returned: Set<String> = []
        var mayBeLost = 1
        var record = ChaosWitness.Record()

        init() {
            for level in ["transactional", "writeAhead", "afterTheFact"] {
                for version in 1...2 {
                    let operation = ChaosOperation(name: "\(level)-\(version)", subject: "ca/\(level)", version: version, level: level)
                    self.operations.append(operation)
                    self.returned.insert(operation.name)
                    self.sees(operation)
                }
            }
        }

        mutating func sees(_ operation: ChaosOperation, id: String? = nil, sequence: String? = nil) {
            let id = id ?? operation.name
            self.record.sightings[id] = ChaosWitness.Sighting(
                operation: operation.name, subject: operation.subject, sequence: sequence ?? "1795258800123.000000000\(operation.version)",
                payload: operation.payload)
            self.record.order[operation.subject, default: []].append(id)
            self.record.deliveries += 1
        }

        mutating func misses(_ name: String) {
            guard let sighting = self.record.sightings.removeValue(forKey: name) else { return }
            self.record.order[sighting.subject]?.removeAll { $0 == name }
        }

        var verdict: ChaosVerdict {
            ChaosVerdict(
                operations: self.operations, failed: self.failed, returned: self.returned, mayBeLost: self.mayBeLost, record: self.record)
        }
    }

    @Test func `all is well when each operation has its event`() {
        var story = Story()
        #expect(story.verdict.complaints == [])
        story.record.deliveries += 3
        #expect(story.verdict.complaints == [])
        #expect(story.verdict.duplicates == 3)
        #expect(story.verdict.succeeded == ["transactional": 2, "writeAhead": 2, "afterTheFact": 2])
    }

    @Test(arguments: ["transactional", "writeAhead"]) func `an event that is lost is noticed, though its call did not return`(level: String)
    {
        var story = Story()
        story.misses("\(level)-2")
        story.returned.remove("\(level)-2")
        #expect(story.verdict.complaints == ["1 operations at the level \(level) have no event, such as \(level)-2"])
    }

    @Test func `after the fact, an event may be lost only if its call did not return`() {
        var story = Story()
        story.misses("afterTheFact-2")
        #expect(story.verdict.complaints == ["1 operations have no event, though their call had returned, such as afterTheFact-2"])
        story.returned.remove("afterTheFact-2")
        #expect(story.verdict.complaints == [])
        #expect(story.verdict.missing == ["afterTheFact": ["afterTheFact-2"]])
    }

    @Test func `after the fact, more events that are lost than deaths explain are noticed`() {
        var story = Story()
        for version in 1...2 {
            story.misses("afterTheFact-\(version)")
            story.returned.remove("afterTheFact-\(version)")
        }
        #expect(story.verdict.complaints == ["2 operations have no event, where deaths explain 1, such as afterTheFact-1, afterTheFact-2"])
        story.mayBeLost = 2
        #expect(story.verdict.complaints == [])
    }

    @Test(arguments: ["failed-1", "unknown-1"]) func `an event of an operation that did not happen is noticed`(name: String) {
        var story = Story()
        story.sees(ChaosOperation(name: name, subject: "ca/other", version: 1, level: "writeAhead"))
        #expect(story.verdict.unfounded == [name])
    }

    @Test func `a second event of an operation is noticed`() {
        var story = Story()
        story.sees(story.operations[1], id: "another", sequence: "1795258800123.0000000003")
        #expect(story.verdict.repeated == ["transactional-2"])
    }

    @Test func `an event that says something else is noticed`() {
        var story = Story()
        story.record.sightings["writeAhead-1"]?.payload = .bool(true)
        story.record.changed = ["writeAhead-2"]
        #expect(story.verdict.altered == ["writeAhead-2", "writeAhead-1"])
    }

    @Test func `events that come in another order are noticed`() {
        var story = Story()
        story.record.order["ca/transactional"]?.reverse()
        #expect(story.verdict.disordered == ["ca/transactional"])
    }

    @Test func `a sequence that goes back is noticed, and one that leaves something out`() {
        var story = Story()
        story.record.sightings["writeAhead-2"]?.sequence = "1795258800122.0000000002"
        story.record.sightings["transactional-2"]?.sequence = "1795258800123.0000000003"
        #expect(story.verdict.disordered == ["ca/writeAhead"])
        #expect(story.verdict.gaps == ["ca/transactional"])
    }

    @Test func `what is no event of the run is noticed`() {
        var story = Story()
        story.record.foreign = ["hello"]
        #expect(story.verdict.complaints == ["1 messages are no events of this test, such as hello"])
    }
}
