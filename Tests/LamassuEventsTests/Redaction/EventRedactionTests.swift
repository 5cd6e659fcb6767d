// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite struct EventRedactionTests {
    private static let webhookSecrets = ["hunter2", "0a1b2c", "correct horse", "battery staple", "LS0tcHJpdmF0ZSBrZXk="]
    private static let slotSecrets = ["first token", "second token", "press-01\""]

    private static func event(_ type: String, _ payload: JSONValue, claims: String? = nil) throws -> CloudEvent {
        var event = try CloudEvent(id: "1", source: EventSource.dmsManager.rawValue, type: type, subject: "dms/1", json: payload)
        if let claims { event[.authClaims] = .string(claims) }
        return event
    }

    private static func text(_ event: CloudEvent) throws -> String { String(decoding: try event.encoded(as: .json), as: UTF8.self) }

    private static func payload(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Sample.payload(ofSchema: name, version: 1))
    }

    @Test func `the credentials of webhooks leave every event of a DMS, before and after alike`() throws {
        let dms = try Self.payload("dms")
        for (type, payload): (String, JSONValue) in [
            ("dms.create", dms), ("dms.update", ["previous": dms, "updated": dms]),
            ("dms.bind-device-id", ["certificate": nil, "dms": dms, "device": nil]),
            ("dms.from-tomorrow", [["nested": [dms]]]),
        ] {
            let text = try Self.text(EventRedaction.standard.redacted(Self.event(type, payload)))
            for secret in Self.webhookSecrets { #expect(!text.contains(secret)) }
            #expect(text.contains("https://line.example.test/devices?[redacted]"))
            #expect(text.contains("lamassu-ra"))
            #expect(text.contains("X-API-Key"))
        }
    }

    @Test func `a typed payload is redacted like its JSON, and says so`() throws {
        let dms = try JSONReader.decode(DMS.self, from: Sample.payload(ofSchema: "dms", version: 1))
        let redacted = try EventRedaction.standard.redacted(UpdateModel(previous: dms, updated: dms)).updated
        let configuration = try #require(redacted.settings.enrollment?.est?.webhook?.configuration)
        #expect(configuration.oidc?.clientSecret?.isRedacted == true)
        #expect(configuration.apiKey?.key?.isRedacted == true)
        #expect(configuration.mutualTLS?.key?.isRedacted == true)
        #expect(configuration.mutualTLS?.certificate == "LS0tY2VydGlmaWNhdGU=")
        #expect(configuration.callTimeout == "5s")
        #expect(configuration.oidc?.clientID == "lamassu-ra")
        // A secret that is not set stays so.
        let unset = try #require(redacted.settings.reenrollment?.est?.webhook?.configuration)
        #expect(unset.apiKey?.key == "")
        #expect(unset.apiKey?.key?.isRedacted == false)
    }

    @Test func `credentials of a kind that this release does not know are taken out`() throws {
        let payload: JSONValue = [
            "external_webhook": [
                "name": "n", "token": "s1",
                "config": ["auth_mode": "new", "basic": ["user": "s2", "pin": 1234], "apikey": "s3", "log_level": ["s4"]],
            ]
        ]
        let redacted = try EventRedaction.standard.redacted(payload)
        #expect(
            redacted == [
                "external_webhook": [
                    "name": "n", "token": "[redacted]",
                    "config": [
                        "auth_mode": "new", "basic": ["user": "[redacted]", "pin": 0], "apikey": "[redacted]", "log_level": ["[redacted]"],
                    ],
                ]
            ])
    }

    @Test(arguments: [
        ("https://host.test/path", "https://host.test/path"), ("https://u:p@host.test:8443/p", "https://host.test:8443/p"),
        ("https://host.test/p?token=1#f", "https://host.test/p?[redacted]"), ("https://u:p@x@host.test", "https://host.test"),
        ("https://host.test/a@b", "https://host.test/a@b"), ("https://host.test#token", "https://host.test?[redacted]"), ("", ""),
    ])
    func `user, password and parameters leave the address of a webhook`(url: String, expected: String) throws {
        let redacted = try EventRedaction.standard.redacted(["external_webhook_settings": ["url": .string(url)]] as JSONValue)
        #expect(redacted["external_webhook_settings"]?["url"]?.stringValue == expected)
    }

    @Test func `tokens leave the slots of a device, and serial numbers stay`() throws {
        let device = try Self.payload("device")
        for (type, payload): (String, JSONValue) in [
            ("device.create", device), ("device.metadata.update", ["previous": device, "updated": device]),
            ("dms.bind-device-id", ["certificate": nil, "dms": nil, "device": device]),
        ] {
            let redacted = try EventRedaction.standard.redacted(Self.event(type, payload))
            let text = try Self.text(redacted)
            for secret in Self.slotSecrets { #expect(!text.contains(secret)) }
            #expect(text.contains(#""backup":{"status":"ACTIVE","active_version":0,"type":"x509","versions":{"0":"7936bc7a"#))
        }
        let read = try JSONReader.decode(Device.self, from: EventRedaction.standard.redacted(device).encoded())
        #expect(read.identity?.activeSerialNumber != EventRedaction.placeholder)
    }

    @Test func `claims are cut down to who was authenticated by whom`() throws {
        let claims = #"{"aud":"account","azp":"frontend","email":"ada@example.test","iss":"https://auth.example.test","sub":"5d8c","n":1}"#
        let event = try Self.event("ca.create", ["id": "1"], claims: claims)
        let kept = try #require(try EventRedaction.standard.redacted(event)[.authClaims])
        #expect(kept.text == #"{"azp":"frontend","iss":"https://auth.example.test","sub":"5d8c"}"#)
        var redaction = EventRedaction.standard
        redaction.keptClaims = []
        #expect(try redaction.redacted(event)[.authClaims] == nil)
        redaction.keptClaims = nil
        #expect(try redaction.redacted(event)[.authClaims]?.text == claims)
    }

    @Test(arguments: [#"{"crt":"LS0t"}"#, "no JSON", "[]", "{"])
    func `claims of which nothing may stay are left out`(claims: String) throws {
        let event = try EventRedaction.standard.redacted(Self.event("ca.create", nil, claims: claims))
        #expect(event[.authClaims] == nil)
    }

    @Test func `what holds no secret keeps its bytes`() throws {
        for name in Sample.names.dropFirst(2) {
            var event = try Sample.event(name)
            event[.authClaims] = nil
            #expect(try EventRedaction.standard.redacted(event) == event)
        }
        let twice = try EventRedaction.standard.redacted(Self.event("dms.create", Self.payload("dms")))
        #expect(try EventRedaction.standard.redacted(twice) == twice)
    }

    @Test func `a redaction of nothing changes nothing, and each part is a setting of its own`() throws {
        let dms = try Self.payload("dms")
        let device = try Self.payload("device")
        let event = try Self.event("dms.bind-device-id", ["dms": dms, "device": device], claims: #"{"email":"a"}"#)
        #expect(try EventRedaction.none.redacted(event) == event)
        let webhooksOnly = try Self.text(EventRedaction(redactsSlotSecrets: false, keptClaims: nil).redacted(event))
        #expect(webhooksOnly.contains("second token") && !webhooksOnly.contains("battery staple") && webhooksOnly.contains("email"))
        let slotsOnly = try Self.text(EventRedaction(redactsWebhookSecrets: false).redacted(event))
        #expect(!slotsOnly.contains("second token") && slotsOnly.contains("battery staple") && !slotsOnly.contains("email"))
    }

    @Test func `a payload that cannot be looked through is refused`() throws {
        let deep = Array((String(repeating: "[", count: 101) + String(repeating: "]", count: 101)).utf8)
        for bytes in [Array("{".utf8), deep] {
            var event = try Self.event("dms.create", nil)
            event.data = .json(bytes[...])
            #expect(throws: LamassuEventsError(.encodingFailed, message: "")) { try EventRedaction.standard.redacted(event) }
        }
    }

    @Test func `a publisher names the schema, and leaves out what its redaction says`() throws {
        let dms = try JSONReader.decode(DMS.self, from: Sample.payload(ofSchema: "dms", version: 1))
        for redaction in [EventRedaction.standard, .none] {
            let events = PublisherFixture().publisher { $0.redaction = redaction }
            let event = try events.event(.dmsCreate, subject: .dms("line"), payload: dms)
            #expect(event.dataSchema?.description == "schema://lamassu.io/ctx/schema/dms/v1")
            let text = try Self.text(event)
            for secret in Self.webhookSecrets { #expect(text.contains(secret) == (redaction == .none)) }
        }
    }

    @Test func `nothing that is to be redacted reaches a store, whichever way it comes`() async throws {
        let store = MemoryOutbox()
        let events = PublisherFixture().publisher(store: store)
        let dms = try Self.payload("dms")
        _ = try await events.publishing(.dmsCreate, subject: .dms("1")) { dms }
        _ = try await events.publishing(.dmsUpdate, subject: .dms("2"), previous: dms) { dms }
        try await events.publish(
            Self.event("dms.metadata.update", ["previous": dms, "updated": dms], claims: #"{"email":"ada@example.test"}"#))
        var unreadable = try Self.event("dms.create", nil)
        unreadable.id = "2"
        unreadable.data = .json(Array("{".utf8)[...])
        try await events.publish(unreadable)

        let entries = try await store.claim(limit: 10, perSubject: 10)
        #expect(entries.map(\.event.type).sorted() == ["dms.create", "dms.metadata.update", "dms.update"])
        for entry in entries {
            let text = try Self.text(entry.event)
            for secret in Self.webhookSecrets + ["ada@example.test"] { #expect(!text.contains(secret)) }
        }
        #expect(try await store.parkedEvents(limit: 10).map(\.error.code) == [.encodingFailed])
    }

    @Test func `an intent writes down what was before without its secrets`() async throws {
        struct Nobody: IntentResolver {
            func resolve(_ intent: OutboxIntent) async throws -> IntentResolution { .didNotHappen }
        }
        let store = FailingOutbox()
        let events = PublisherFixture().publisher(store: store, resolver: Nobody())
        let dms = try Self.payload("dms")
        _ = try await events.publishing(.dmsUpdate, subject: .dms("1"), previous: dms) {
            let previous = try String(decoding: #require(store.intents.first?.previous), as: UTF8.self)
            #expect(previous.contains("lamassu-ra"))
            for secret in Self.webhookSecrets { #expect(!previous.contains(secret)) }
            return dms
        }
        #expect(try await store.depth().events == 1)
    }
}
