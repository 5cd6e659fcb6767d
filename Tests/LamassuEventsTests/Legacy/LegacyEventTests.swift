// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite struct LegacyEventTests {
    /// The type, the generation, and what the current one calls it.
    static let expectations: [(String, EventGeneration, String?)] = [
        ("io.lamassu.ca.create", .first, "ca.create ca/Fabrica Norte Device CA"),
        ("io.lamassu.ca.import", .first, "ca.import ca/Fabrica Norte Device CA"),
        ("io.lamassu.ca.update", .first, "ca.status.update ca/Fabrica Norte Device CA"),
        ("io.lamassu.cert.update", .first, "certificate.status.update certificate/7936bc7a"),
        ("io.lamassu.iotcore.cert.status.update", .first, nil),
        ("io.lamassu.iotcore.ca.status.update", .first, nil),
        ("io.lamassuiot.ca.create", .second, "ca.create ca/Fabrica Norte Device CA"),
        ("io.lamassuiot.ca.update", .second, "ca.status.update ca/Fabrica Norte Device CA"),
        ("io.lamassuiot.ca.revoke", .second, "ca.status.update ca/Fabrica Norte Device CA"),
        ("io.lamassuiot.certificate.sign", .second, "ca.sign.certificate "),
        ("io.lamassuiot.certificate.revoke", .second, "certificate.status.update certificate/7936bc7a6a436dc130245d8bc1df37c120085697"),
        ("io.lamassuiot.certificate.update", .second, "certificate.status.update certificate/7936bc7a6a436dc130245d8bc1df37c120085697"),
        ("io.lamassuiot.device.create", .second, "device.create device/press-01-7f3a"),
        ("io.lamassuiot.device.update", .second, "device.metadata.update device/press-01-7f3a"),
        ("io.lamassuiot.device.decommision", .second, "device.status.update device/press-01-7f3a"),
        ("io.lamassuiot.device.rotate", .second, "device.identity.update "),
        ("io.lamassuiot.device.revoke", .second, "device.identity.update "),
        ("io.lamassuiot.device.enroll", .second, "dms.enroll "),
        ("io.lamassuiot.device.reenroll", .second, "dms.reenroll "),
        ("io.lamassuiot.device.forceReenroll", .second, nil),
        ("io.lamassuiot.dms.create", .second, "dms.create dms/Line 1"),
        ("io.lamassuiot.dms.createcertificate", .second, "dms.create dms/Line 1"),
        ("io.lamassuiot.dms.update", .second, "dms.update dms/Line 1"),
        ("io.lamassuiot.dms.authorizedcas", .second, "dms.update dms/Line 1"),
    ]

    @Test func `every type of the older generations is expected here`() {
        #expect(Self.expectations.map(\.0) == LegacyEventDefinition.catalogue.map(\.type.rawValue))
    }

    @Test(arguments: Self.expectations)
    func `an event of an older generation is read, and has a name today`(type: String, generation: EventGeneration, today: String?) throws {
        let event = try Sample.legacyEvent(type)
        let legacy = try LegacyEvent(event)
        #expect(legacy.generation == generation)
        #expect(EventGeneration(of: event) == generation)
        #expect(legacy.currentType.map { "\($0) \(legacy.currentSubject?.description ?? "")" } == today)
        // Members that are not modelled are kept.
        #expect(try JSONValue(parsing: JSONWriter.encode(legacy.payload)) == event.decodeData(as: JSONValue.self))
    }

    @Test func `payloads are typed`() throws {
        let certificate = try #require(
            LegacyEvent(Sample.event("02-gen2-io.lamassuiot.certificate.update")).payload as? Generation2.Certificate)
        #expect(certificate.status == .revoked)
        #expect(certificate.revocationReason == "key compromise")
        #expect(certificate.validTo == 1_826_923_528)
        let ca = try #require(LegacyEvent(Sample.event("01-gen1-io.lamassu.ca.create")).payload as? Generation1.CACreation)
        #expect(ca.name == "Fabrica Norte Device CA")
        let device = try #require(LegacyEvent(Sample.legacyEvent("io.lamassuiot.device.create")).payload as? Generation2.Device)
        #expect(device.slots.first?.activeCertificate?.serialNumber == "79-36-bc-7a")
    }

    @Test func `the private key of a new DMS is not printed`() throws {
        let creation = try #require(LegacyEvent(Sample.legacyEvent("io.lamassuiot.dms.create")).payload as? Generation2.DMSCreation)
        #expect(creation.privateKey?.value == "LS0tcHJpdmF0ZSBrZXk=")
        #expect(!"\(creation)".contains("LS0tcHJpdmF0ZSBrZXk="))
    }

    @Test(arguments: Sample.names.dropFirst(2))
    func `an event of the current generation is none of an older one`(name: String) throws {
        let event = try Sample.event(name)
        #expect(EventGeneration(of: event) == .current)
        #expect(throws: LamassuEventsError(.undecodable, message: "")) { _ = try LegacyEvent(event) }
    }

    @Test(arguments: [
        ("io.lamassu.else", "/s", EventGeneration.first), ("io.lamassuiot.else", "/s", .second), ("else", "lamassu/ca", .first),
        ("else", "lamassuiot/ca", .second), ("else", "/s", .current), ("ca.create", EventSource.ca.rawValue, .current),
    ])
    func `the generation is told by type, then by source`(type: String, source: String, generation: EventGeneration) throws {
        #expect(try EventGeneration(of: CloudEvent(id: "1", source: source, type: type)) == generation)
    }

    @Test(arguments: LegacyEventDefinition.catalogue.map(\.type.rawValue))
    func `a payload that is otherwise is an error without its values`(type: String) throws {
        for payload: JSONValue in [
            [], "secret", nil, ["name": ["secret"], "certificate": ["secret"], "id": 7, "device_id": 7, "dms": 7, "ca_name": 7],
        ] {
            let event = try CloudEvent(id: "1", source: "/s", type: type, json: payload)
            let error = #expect(throws: LamassuEventsError(.undecodable, message: "")) { _ = try LegacyEvent(event) }
            #expect(error?.message.contains("secret") == false)
        }
        #expect(throws: LamassuEventsError(.undecodable, message: "")) {
            _ = try LegacyEvent(CloudEvent(id: "1", source: "/s", type: type))
        }
    }

    @Test(arguments: LegacyEventDefinition.catalogue.map(\.type.rawValue))
    func `no prefix of a payload is one`(type: String) throws {
        var event = try Sample.legacyEvent(type)
        guard case .json(let bytes) = event.data else { return #expect(event.data == nil) }
        for length in stride(from: 0, to: bytes.count - 1, by: max(1, bytes.count / 500)) {
            event.data = .json(bytes.prefix(length))
            #expect(throws: LamassuEventsError(.undecodable, message: "")) { _ = try LegacyEvent(event) }
        }
    }
}
