// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Testing

@Suite struct EventSenderPolicyTests {
    private let policy = EventSenderPolicy.only([
        .init(user: "ca", sources: [.ca, .kms]),
        .init(user: "devices", sources: [.deviceManager], types: ["device.#", "device-group.*"]),
        .init(user: "devices", sources: [.alerts], types: ["alert"]),
        .init(user: nil, sources: [.va]),
    ])

    private func refusal(_ policy: EventSenderPolicy, _ user: String?, _ source: EventSource, _ type: String) -> String? {
        policy.refusal(of: EventSummary(id: "1", source: source, type: EventType(rawValue: type), subject: nil), from: user)
    }

    @Test(arguments: [
        ("ca" as String?, EventSource.ca, "ca.create"), ("ca", .kms, "kms.sign"), ("ca", .ca, "whatever"),
        ("devices", .deviceManager, "device.status.update"), ("devices", .deviceManager, "device"),
        ("devices", .deviceManager, "device-group.create"), ("devices", .alerts, "alert"), (nil, .va, "va.role.update"),
    ])
    func `what is listed is allowed`(user: String?, source: EventSource, type: String) {
        #expect(self.refusal(self.policy, user, source, type) == nil)
    }

    @Test(arguments: [
        // Another's source, another's type, what belongs to another permission of the same user, nobody, a user nobody knows.
        ("ca" as String?, EventSource.deviceManager, "device.create"), ("devices", .deviceManager, "ca.create"),
        ("devices", .alerts, "device.create"), ("devices", .deviceManager, "device-group.a.b"), ("devices", .deviceManager, "alert"),
        (nil, .ca, "ca.create"), ("va", .va, "va.role.update"), ("CA", .ca, "ca.create"),
        ("ca", EventSource(rawValue: "lamassuiot/ca"), "ca.create"), ("", .va, "va.role.update"),
    ])
    func `what is not listed is refused, and the reason names user, source and type`(user: String?, source: EventSource, type: String) {
        let reason = self.refusal(self.policy, user, source, type)
        #expect(reason?.contains("'\(type)'") == true)
        #expect(reason?.contains("'\(source)'") == true)
        if let user { #expect(reason?.contains("'\(user)'") == true) }
    }

    @Test func `anyone may send anything where no policy is set, and nobody anything where nothing is listed`() {
        let configuration = EventConsumerConfiguration(broker: AMQPConfiguration(host: "localhost", credentials: .external))
        #expect(configuration.senderPolicy == .anyone)
        #expect(self.refusal(.anyone, nil, .ca, "ca.create") == nil)
        #expect(self.refusal(.only([]), "ca", .ca, "ca.create") != nil)
        #expect(self.refusal(.only([]), nil, .ca, "ca.create") != nil)
    }

    @Test func `a type that is no routing key is refused, and quoted in part`() {
        let reason = self.refusal(self.policy, "ca", .ca, String(repeating: "a.", count: 1_000_000))
        #expect(reason.map { $0.utf8.count < 1_000 } == true)
    }
}
