// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite struct EventPatternTests {
    @Test(arguments: [
        ("ca.create", "ca.create", true), ("ca.create", "ca.created", false), ("ca.*", "ca.create", true), ("ca.*", "ca", false),
        ("ca.*", "ca.status.update", false), ("ca.#", "ca", true), ("ca.#", "ca.status.update", true), ("ca.#", "cab.create", false),
        ("#", "anything.at.all", true), ("#", "", true), ("*.status.update", "ca.status.update", true),
        ("*.status.update", "status.update", false), ("#.update", "update", true), ("#.update", "ca.status.update", true),
        ("#.status.#", "ca.status.update", true), ("#.status.#", "ca.metadata.update", false), ("*.#.update", "ca.update", true),
        ("*.#.update", "update", false), ("#.#", "a.b", true), ("", "", true), ("", "a", false), ("a..b", "a..b", true),
        ("a.*.b", "a..b", true),
    ])
    func `a pattern matches as a binding of a topic exchange does`(pattern: String, type: String, isMatch: Bool) {
        #expect(EventPattern(rawValue: pattern).matches(EventType(rawValue: type)) == isMatch)
    }

    @Test(arguments: [("ca.create", true, "ca.create."), ("ca.#", false, "ca."), ("*.update", false, ""), ("ca.*.update", false, "ca.")])
    func `a pattern tells what is fixed in it`(pattern: EventPattern, isExact: Bool, prefix: String) {
        #expect(pattern.isExact == isExact)
        #expect(pattern.literalPrefix == prefix)
    }

    private func event(_ type: EventType, _ source: EventSource, _ subject: String?) throws -> CloudEvent {
        try CloudEvent(id: .random(), source: source.rawValue, type: type.rawValue, subject: subject, json: JSONValue.null)
    }

    @Test func `a filter wants what matches one of each list that is not empty`() throws {
        let event = try self.event(.caCreate, .ca, "ca/one")
        #expect(EventFilter.all.matches(event))
        #expect(EventFilter(types: ["device.#", "ca.#"], sources: [.kms, .ca], subjectKinds: [.ca]).matches(event))
        #expect(!EventFilter(types: ["device.#"]).matches(event))
        #expect(!EventFilter(types: ["ca.#"], sources: [.kms]).matches(event))
        #expect(!EventFilter(subjectKinds: [.device]).matches(event))
        #expect(!EventFilter(subjectKinds: [.ca]).matches(try self.event(.caCreate, .ca, nil)))
        #expect(!EventFilter(subjectKinds: [.ca]).matches(try self.event(.caCreate, .ca, "one")))
    }
}
