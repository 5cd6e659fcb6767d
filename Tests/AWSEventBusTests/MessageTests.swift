// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSEventBus
import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing

@Suite struct MessageTests {
    private func event(_ subject: String? = "ca/one", _ payload: JSONValue = ["name": "ü"]) throws -> CloudEvent {
        try CloudEvent(id: "1", source: EventSource.ca.rawValue, type: "ca.create", subject: subject, json: payload)
    }

    @Test func `an event goes out as JSON with the attributes that filters look at`() throws {
        let outgoing = try OutgoingEvent(self.event())
        #expect(outgoing.attributes == ["type": "ca.create", "source": EventSource.ca.rawValue, "subject": "ca/one"])
        #expect(try IncomingBody.event(of: outgoing.text) == self.event())
        #expect(outgoing.group == "ca/one")
        #expect(try OutgoingEvent(self.event(nil)).attributes["subject"] == nil)
    }

    @Test func `an event has 256 KiB at most, attributes included`() throws {
        let rest = try OutgoingEvent(self.event("ca/one", "")).text.utf8.count
        let attributes = try OutgoingEvent(self.event()).attributes.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 6 }
        let room = OutgoingEvent.maximumBytes - rest - attributes
        #expect(throws: Never.self) { try OutgoingEvent(self.event("ca/one", .string(String(repeating: "x", count: room)))) }
        #expect(throws: LamassuEventsError(.eventTooLarge, message: "")) {
            try OutgoingEvent(self.event("ca/one", .string(String(repeating: "x", count: room + 1))))
        }
    }

    @Test(arguments: ["", "device/Halle 3", "device/ü", String(repeating: "x", count: 129)])
    func `a lane that is no message group becomes a hash`(lane: String) {
        let group = OutgoingEvent.group(of: lane)
        #expect(group.hasPrefix("lane-") && group.utf8.count <= 21)
        #expect(group == OutgoingEvent.group(of: lane))
        #expect(group != OutgoingEvent.group(of: lane + "y"))
    }

    @Test func `an event is read from the envelope of SNS too`() throws {
        let text = try OutgoingEvent(self.event()).text
        let envelope: JSONValue = [
            "Type": "Notification", "MessageId": "m", "TopicArn": "t", "Message": .string(text), "Timestamp": "2026-01-01T00:00:00.000Z",
            "MessageAttributes": ["type": ["Type": "String", "Value": "ca.create"]],
        ]
        #expect(try IncomingBody.event(of: String(decoding: envelope.encoded(), as: UTF8.self)) == self.event())
    }

    @Test(arguments: [
        "", "secret", "{}", "[]", #"{"Type": "Notification"}"#, #"{"Type": "Notification", "Message": "secret"}"#,
        #"{"Type": "SubscriptionConfirmation", "Message": "secret"}"#, #"{"Type": 5, "Message": {}}"#,
    ])
    func `what is no event is an error that quotes nothing of it`(body: String) {
        let error = #expect(throws: LamassuEventsError.self) { try IncomingBody.event(of: body) }
        #expect(error?.code == .undecodable)
        #expect(error?.message.contains("secret") == false)
    }

    @Test func `no prefix of an envelope is an event, and random bytes never trap`() throws {
        let envelope: JSONValue = ["Type": "Notification", "Message": .string(try OutgoingEvent(self.event()).text)]
        let body = try envelope.encoded()
        for length in 0..<body.count {
            #expect(throws: LamassuEventsError.self) { try IncomingBody.event(of: String(decoding: body[..<length], as: UTF8.self)) }
        }
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            var changed = body
            for _ in 0..<3 { changed[Int.random(in: 0..<body.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator) }
            _ = try? IncomingBody.event(of: String(decoding: changed, as: UTF8.self))
        }
    }

    static let policies: [(EventFilter, String)] = [
        (.all, "{}"),
        (EventFilter(types: ["ca.create"]), #"{"type":["ca.create"]}"#),
        (EventFilter(types: ["ca.#", "device.create"]), #"{"type":[{"prefix":"ca."},"ca","device.create"]}"#),
        (EventFilter(types: ["ca.create", "*.update"]), "{}"),
        (EventFilter(types: ["ca.*.update"]), #"{"type":[{"prefix":"ca."},"ca"]}"#),
        (
            EventFilter(sources: [.ca], subjectKinds: [.device, .dms]),
            #"{"source":["source://lamassu.io/ctx/source/service/ca"],"subject":[{"prefix":"device/"},{"prefix":"dms/"}]}"#
        ),
        // Beyond 150 combinations the last condition is the subscriber's own.
        (
            EventFilter(types: (0..<80).map { EventPattern(rawValue: "t\($0)") }, sources: [.ca, .kms]),
            #"{"type":[\#((0..<80).map { "\"t\($0)\"" }.joined(separator: ","))]}"#
        ),
    ]

    @Test(arguments: policies) func `a filter becomes the policy that wants no less`(filter: EventFilter, policy: String) throws {
        #expect(try FilterPolicy.text(of: filter) == policy)
    }
}
