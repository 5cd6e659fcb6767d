// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import Testing
import TransportTesting

@Suite struct WireProfileTests {
    static let traceParent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    /// An event with everything that this package puts into one.
    static func event(_ type: EventType, _ payload: some JSONEncodable, subject: String = "ca/1") throws -> CloudEvent {
        var event = try CloudEvent(
            id: "0123456789abcdef0123456789abcdef", source: EventSource.ca.rawValue, type: type.rawValue, subject: subject,
            time: Timestamp("2026-11-21T11:05:07.5Z"), dataSchema: type.definition?.dataSchema, json: payload)
        event[.traceParent] = .string(Self.traceParent)
        event[.traceState] = "vendor=1"
        event[.sequence] = "0000000000001.0000000001"
        return event
    }

    static func sample(_ type: EventType, _ name: String) throws -> CloudEvent { try self.event(type, Sample.payload(name)) }

    private static func message(_ profile: WireProfile, _ event: CloudEvent, user: String? = "ca-service") throws -> WireMessage? {
        try profile.message(for: event, topology: profile.topology, userID: user)
    }

    /// The data of the event that a message holds.
    private static func data(_ message: WireMessage) throws -> JSONValue {
        try CloudEvent(decoding: message.body, format: .json).decodeData(as: JSONValue.self)
    }

    @Test(arguments: [WireProfile.standard, .queue])
    func `the profiles of this package write structured CloudEvents`(profile: WireProfile) throws {
        let event = try Self.sample(.caCreate, "03-ca.create")
        let message = try #require(try Self.message(profile, event))
        #expect(
            message.destination == (profile == .queue ? .queue("lamassu_events") : .exchange("lamassu-events", routingKey: "ca.create")))
        #expect(message.body == (try event.encoded(as: .json)))
        #expect(message.isMandatory)
        #expect(
            message.properties
                == AMQPProperties(
                    contentType: "application/cloudevents+json",
                    headers: ["traceparent": .string(Self.traceParent), "tracestate": "vendor=1"], deliveryMode: .persistent,
                    messageID: event.id.rawValue, timestamp: 1_795_259_107, type: "ca.create", userID: "ca-service"))
    }

    @Test func `the current profile writes what Watermill reads`() throws {
        let event = try Self.sample(.caCreate, "03-ca.create")
        let message = try #require(try Self.message(.current, event))
        #expect(message.destination == .exchange("lamassu-events", routingKey: "ca.create"))
        #expect(message.properties.contentType == nil)
        #expect(
            message.properties.headers == [
                "_watermill_message_uuid": .string(event.id.rawValue), "traceparent": .string(Self.traceParent), "tracestate": "vendor=1",
            ])
        #expect(message.properties.userID == "ca-service")
        let members = try #require(JSONValue(parsing: message.body).objectValue).map(\.key)
        #expect(
            members == [
                "specversion", "id", "source", "type", "subject", "datacontenttype", "dataschema", "time", "data", "sequence", "spanid",
                "traceid", "traceparent", "tracestate",
            ])
        let written = try CloudEvent(decoding: message.body, format: .json)
        #expect(try written[ExtensionName("traceid")]?.text == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(try written[ExtensionName("spanid")]?.text == "00f067aa0ba902b7")
        #expect(written.data == event.data)
    }

    @Test(arguments: [nil, "", "00-4bf9-00f0-01", "garbage"] as [String?])
    func `the current profile makes up no trace`(traceParent: String?) throws {
        var event = try Self.sample(.caCreate, "03-ca.create")
        event[.traceParent] = traceParent.map { .string($0) }
        event[.traceState] = nil
        let message = try #require(try Self.message(.current, event))
        #expect(!String(decoding: message.body, as: UTF8.self).contains("spanid"))
    }

    @Test(arguments: [WireProfile.standard, .queue, .current], EventDefinition.catalogue.map(\.type))
    func `the profiles of today have a form for every event`(profile: WireProfile, type: EventType) throws {
        let message = try #require(try Self.message(profile, Self.event(type, JSONValue.object([]))))
        #expect(message.destination.routingKey == (profile == .queue ? "lamassu_events" : type.rawValue))
    }

    @Test(arguments: [WireProfile.standard, .queue, .current, .generation2, .generation1])
    func `a header is a string, a long id is no property, and an unknown user is none`(profile: WireProfile) throws {
        var event = try Self.sample(.caCreate, "03-ca.create")
        event.id = CloudEvent.ID(rawValue: String(repeating: "x", count: 256))
        let message = try #require(try Self.message(profile, event, user: nil))
        #expect(message.properties.messageID == nil)
        #expect(message.properties.userID == nil)
        #expect(message.properties.deliveryMode == .persistent)
        for field in message.properties.headers?.fields ?? [] { #expect(field.value.stringValue != nil) }
    }

    // MARK: Older generations

    @Test(arguments: [(EventType.caCreate, "io.lamassu.ca.create"), (.caImport, "io.lamassu.ca.import")])
    func `generation 1 has CAs that are created and imported`(type: EventType, written: String) throws {
        let message = try #require(try Self.message(.generation1, Self.sample(type, "03-ca.create")))
        #expect(message.destination == .queue("lamassu_events"))
        #expect(message.properties.contentType == "text/json")
        #expect(message.properties.headers == nil)
        let event = try CloudEvent(decoding: message.body, format: .json)
        #expect(event.source.description == "lamassu/ca")
        #expect(event.type == written)
        #expect(event.subject == nil && event.extensions.isEmpty && event.dataSchema == nil)
        // The same CA as in the sample of that generation.
        #expect(try event.decodeData(as: JSONValue.self) == Sample.payload("01-gen1-io.lamassu.ca.create"))
    }

    @Test func `generation 1 has revocations`() throws {
        let certificate = try #require(
            try Self.message(.generation1, Self.sample(.certificateStatusUpdate, "06-certificate.status.update")))
        #expect(certificate.properties.type == "io.lamassu.cert.update")
        let revoked = try JSONReader.decode(
            UpdateModel<Certificate>.self, from: JSONWriter.encode(Sample.payload("06-certificate.status.update"))
        ).updated
        let data = try JSONReader.decode(Generation1.CertificateStatusUpdate.self, from: JSONWriter.encode(Self.data(certificate)))
        #expect(data.caName == "Fabrica Norte Device CA")
        #expect(data.serialNumber.replacing("-", with: "") == revoked.serialNumber)
        #expect(data.status == .revoked)

        let ca = try #require(try Self.message(.generation1, Self.caStatus(.revoked)))
        #expect(ca.properties.type == "io.lamassu.ca.update")
        #expect(try Self.data(ca) == ["name": "Fabrica Norte Device CA", "status": "REVOKED"])
        #expect(try Self.message(.generation1, Self.caStatus(.inactive)) == nil)
    }

    private static func caStatus(_ status: CertificateStatus) throws -> CloudEvent {
        let previous = try JSONReader.decode(CACertificate.self, from: Sample.payload(ofSchema: "ca-certificate", version: 1))
        var updated = previous
        updated.certificate.status = status
        return try self.event(.caStatusUpdate, UpdateModel(previous: previous, updated: updated))
    }

    @Test func `generation 2 has the certificate as it was written then`() throws {
        let message = try #require(
            try Self.message(.generation2, Self.sample(.certificateStatusUpdate, "06-certificate.status.update")))
        #expect(message.destination == .exchange("lamassu", routingKey: "io.lamassuiot.certificate.update"))
        #expect(!message.isMandatory)
        #expect(message.properties.contentType == "text/json")
        // What that generation put there, although it is no W3C value.
        #expect(message.properties.headers == ["traceparent": "0123456789abcdef0123456789abcdef"])
        var expected = try #require(Sample.payload("02-gen2-io.lamassuiot.certificate.update").objectValue)
        let data = try #require(try Self.data(message).objectValue)
        #expect(data.map(\.key) == expected.map(\.key))
        // The samples tell of one certificate that was revoked at another time.
        expected.removeAll { $0.key == "revocation_timestamp" }
        #expect(JSONValue.object(data.filter { $0.key != "revocation_timestamp" }) == .object(expected))
        #expect(data.first { $0.key == "revocation_timestamp" }?.value.numberValue != nil)
    }

    @Test func `generation 2 has CAs, and enrolments from the device manager`() throws {
        let created = try #require(try Self.message(.generation2, Self.sample(.caCreate, "03-ca.create")))
        #expect(created.destination.routingKey == "io.lamassuiot.ca.create")
        let ca = try JSONReader.decode(Generation2.Certificate.self, from: JSONWriter.encode(Self.data(created)))
        #expect(ca.name == "Fabrica Norte Device CA")
        #expect(ca.serialNumber == "1a-fb-27-4a-7e-bf-a6-3b-ea-d6-f6-30-c0-89-b6-3d-89-d5-ef-e8")
        #expect(ca.keyMetadata?.type == "EC" && ca.keyMetadata?.strength == "high")
        #expect(ca.revocationTimestamp == nil && ca.revocationReason == nil)

        let updated = try #require(try Self.message(.generation2, Self.caStatus(.inactive)))
        #expect(updated.destination.routingKey == "io.lamassuiot.ca.update")

        for (type, key) in [(EventType.dmsEnroll, "io.lamassuiot.device.enroll"), (.dmsReenroll, "io.lamassuiot.device.reenroll")] {
            let enrolled = try #require(try Self.message(.generation2, Self.event(type, EnrollmentOutput(certificate: "LS0t", aps: "d"))))
            #expect(enrolled.destination.routingKey == key)
            #expect(enrolled.properties.headers == nil)
            let event = try CloudEvent(decoding: enrolled.body, format: .json)
            #expect(event.source.description == "lamassuiot/device-manager")
            #expect(try event.decodeData(as: JSONValue.self) == ["certificate": "LS0t"])
        }
    }

    @Test(arguments: [
        (RevocationReason.unspecified, "unspecified"), (.keyCompromise, "key compromise"), (.caCompromise, "ca compromise"),
        (.cessationOfOperation, "cessation of operation"), (.removeFromCRL, "remove from crl"), (.aaCompromise, "aa compromise"),
    ])
    func `generation 2 writes a reason in words`(reason: RevocationReason, words: String) throws {
        var certificate = try JSONReader.decode(Certificate.self, from: Sample.payload(ofSchema: "certificate", version: 1))
        certificate.status = .revoked
        certificate.revocationReason = reason
        let update = UpdateModel(previous: certificate, updated: certificate)
        let message = try #require(try Self.message(.generation2, Self.event(.certificateStatusUpdate, update)))
        #expect(try Self.data(message)["revocation_reason"]?.stringValue == words)
        // The year 1 stands for no time.
        #expect(try Self.data(message)["revocation_timestamp"] == nil)
    }

    @Test(arguments: [WireProfile.generation2, .generation1])
    func `what a generation had no event for is skipped, or parked where that is the policy`(profile: WireProfile) throws {
        let written: Set<EventType> =
            profile == .generation1
            ? [.caCreate, .caImport, .caStatusUpdate, .certificateStatusUpdate]
            : [.caCreate, .caStatusUpdate, .certificateStatusUpdate, .dmsEnroll, .dmsReenroll]
        var parking = profile
        parking.unsupportedEvents = .park
        for type in EventType.catalogue where !written.contains(type) {
            let event = try Self.event(type, JSONValue.object([]))
            #expect(try Self.message(profile, event) == nil)
            let error = #expect(throws: LamassuEventsError(.unsupportedByProfile, message: "")) { try Self.message(parking, event) }
            #expect(error?.message.contains(type.rawValue) == true)
        }
        for type in written {
            #expect(throws: LamassuEventsError(.encodingFailed, message: "")) {
                try Self.message(profile, Self.event(type, JSONValue.object([])))
            }
        }
    }

    @Test(arguments: [WireProfile.generation2, .generation1])
    func `what is written for an older generation is read as one of it, and means the same`(profile: WireProfile) throws {
        for event in [
            try Self.sample(.caCreate, "03-ca.create"), try Self.caStatus(.revoked),
            try Self.sample(.certificateStatusUpdate, "06-certificate.status.update"),
        ] {
            let message = try #require(try Self.message(profile, event))
            let legacy = try LegacyEvent(CloudEvent(decoding: message.body, format: .json))
            #expect(legacy.generation == (profile == .generation1 ? .first : .second))
            #expect(legacy.currentType?.rawValue == event.type)
            #expect(legacy.event.id == event.id)
        }
    }

    // MARK: Configuration

    @Test func `the topology is that of the profile unless it is set`() {
        var configuration = EventPublisherConfiguration(
            broker: AMQPConfiguration(host: "broker.example", credentials: .plain(username: "a", password: "b")), source: .ca)
        #expect(configuration.topology == .standard)
        configuration.profile = .generation2
        #expect(configuration.topology.exchange == "lamassu")
        #expect(!configuration.topology.declaresQueues)
        configuration.profile = .generation1
        #expect(configuration.topology.exchange == nil)
        #expect(!configuration.topology.isQueueDurable)
        configuration.topology.queue = "mine"
        configuration.profile = .queue
        #expect(configuration.topology.queue == "mine")
    }

    @Test func `a publisher counts an event without a form as sent, or parks it`() async throws {
        let fixture = PublisherFixture()
        for policy in [WireProfile.UnsupportedEvents.skip, .park] {
            var profile = WireProfile.generation2
            profile.unsupportedEvents = policy
            let events = fixture.publisher { [profile] in $0.profile = profile }
            try await fixture.running(events) {
                let event = try Self.event(.kmsDelete, KeyDeletion(identifier: "key"), subject: "kms/key")
                if policy == .skip {
                    try await events.publishAndConfirm(event)
                } else {
                    await #expect(throws: LamassuEventsError(.parked, message: "")) { try await events.publishAndConfirm(event) }
                }
                // One with a form that no consumer wants is gone, and holds up nothing.
                var unwanted = try Self.sample(.caCreate, "03-ca.create")
                unwanted.id = "another"
                try await events.publishAndConfirm(unwanted)
            }
        }
        #expect(fixture.observer.told.contains("parked kms/key unsupportedByProfile"))
        #expect(fixture.observer.told.contains("confirmed kms/key"))
        // Nothing is declared but the exchange.
        #expect(fixture.broker.messages(in: "lamassu_events") == nil)
    }
}
