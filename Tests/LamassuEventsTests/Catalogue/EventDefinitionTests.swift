// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing

@Suite struct EventDefinitionTests {
    @Test func `each type, each operation and each routing key is there once`() {
        let catalogue = EventDefinition.catalogue
        #expect(catalogue.count == 44)
        #expect(Set(catalogue.map(\.type)).count == 44)
        #expect(Set(catalogue.map(\.operation)).count == 44)
        #expect(Set(catalogue.map(\.routingKey)).count == 44)
        #expect(catalogue.map(\.type) == EventType.catalogue)
    }

    @Test func `a type has its definition, and another has none`() {
        #expect(EventType.dmsBindDeviceID.definition?.operation == "BindIdentityToDevice")
        #expect(EventType.dmsBindDeviceID.definition?.subject == .device)
        #expect(EventType(rawValue: "ca.request").definition == nil)
    }

    @Test func `every payload but that of bytes has a schema that is named in the event`() throws {
        for definition in EventDefinition.catalogue where definition.type != .caSignSignature {
            let schema = try #require(definition.schema)
            #expect(definition.dataSchema?.description == schema.description)
            #expect(EventSchema(parsing: schema.description) == schema)
        }
        let bytes = try #require(EventType.caSignSignature.definition)
        #expect(bytes.schema == nil)
        #expect(bytes.dataSchema == nil)
    }

    @Test func `a schema names one model`() {
        var models: [EventSchema: ObjectIdentifier] = [:]
        for payload in EventDefinition.catalogue.compactMap(\.payload) {
            #expect(models[payload.schema, default: ObjectIdentifier(payload)] == ObjectIdentifier(payload))
            models[payload.schema] = ObjectIdentifier(payload)
        }
    }

    @Test(arguments: Sample.names.dropFirst(2))
    func `the samples of the current generation are what their definition says`(name: String) throws {
        let event = try Sample.event(name)
        let definition = try #require(EventType(rawValue: event.type).definition)
        #expect(event.source.description == definition.source.rawValue)
        #expect(event.subject.flatMap { EventSubject(parsing: $0) }?.kind == definition.subject)
        let payload = try definition.decodePayload(of: event)
        #expect((payload == nil) == (definition.payload == nil))
        if let payload { #expect(try JSONValue(parsing: JSONWriter.encode(payload)) == Sample.payload(name)) }
    }

    @Test func `a payload that is otherwise is an error`() throws {
        let event = try CloudEvent(id: "1", source: "/s", type: "ca.delete", json: JSONValue.object([]))
        let definition = try #require(EventType.caDelete.definition)
        #expect(throws: CloudEventError(.invalidData, message: "")) { _ = try definition.decodePayload(of: event) }
    }

    @Test(arguments: [
        "", "schema://lamassu.io/ctx/schema/", "schema://lamassu.io/ctx/schema/dms", "schema://lamassu.io/ctx/schema/dms/1",
        "schema://lamassu.io/ctx/schema/dms/v0", "schema://lamassu.io/ctx/schema/dms/v", "schema://lamassu.io/ctx/schema//v1",
        "schema://lamassu.io/ctx/schema/dms/v1/x", "https://example.test/dms/v1",
    ])
    func `what is written otherwise is no schema of this catalogue`(text: String) {
        #expect(EventSchema(parsing: text) == nil)
    }

    @Test func `a payload of another version of its schema is refused, whatever it holds`() throws {
        let payload = try Sample.payload("08-dms.create")
        for (schema, isRead) in [
            (EventSchema("dms"), true), (EventSchema("dms", version: 2), false), (EventSchema("another", version: 2), true),
        ] {
            let event = try CloudEvent(
                id: "1", source: "/s", type: "dms.create", dataSchema: URI(schema.description), json: payload)
            let received = ReceivedEvent(event)
            if isRead {
                #expect(try received.payload(as: DMS.self).id == "dms-line-1")
            } else {
                let error = #expect(throws: LamassuEventsError(.undecodable, message: "")) { try received.payload(as: DMS.self) }
                #expect(error?.message.contains("dms/v2") == true)
            }
            #expect(try received.payload(as: JSONValue.self) == payload)
        }
    }
}
