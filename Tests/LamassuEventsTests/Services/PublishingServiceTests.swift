// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import TestSupport
import Testing
import TransportTesting

@Suite(.timeLimit(.minutes(1))) struct PublishingServiceTests {
    private let broker = InMemoryBroker()
    private let base = InMemoryPKI()

    private func publisher(_ source: EventSource = .ca, limits: OutboxLimits = OutboxLimits()) -> LamassuEventPublisher {
        let configuration = EventPublisherConfiguration(
            broker: AMQPConfiguration(host: "in-memory", credentials: .plain(username: "guest", password: "guest")), source: source)
        return LamassuEventPublisher(
            configuration, transport: self.broker.transport, store: MemoryOutbox(limits: limits), logger: .silent)
    }

    /// Runs the publisher around what uses it, and gives the events that the broker has then, when there are as many.
    private func events(
        _ count: Int, of events: LamassuEventPublisher, _ use: (PublishingService<InMemoryPKI>) async throws -> Void
    ) async throws -> [CloudEvent] {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await events.run() }
            try await use(PublishingService(wrapping: self.base, events: events))
            try await eventually("\(count) events are in the queue") {
                self.broker.messages(in: EventTopology.standard.queue)?.count ?? 0 >= count
            }
            group.cancelAll()
        }
        let messages = try #require(self.broker.messages(in: EventTopology.standard.queue))
        return try messages.map { try CloudEvent(decoding: $0.body, format: .json) }
    }

    // MARK: The table

    @Test func `every operation of the three services has a row`() {
        let sources: [EventSource] = [.ca, .dmsManager, .deviceManager]
        let catalogue = EventDefinition.catalogue.filter { sources.contains($0.source) }.map(\.type)
        #expect(Set(ServiceOperation.all.map(\.type)) == Set(catalogue))
    }

    @Test(arguments: ServiceOperation.all)
    func `an operation that succeeds publishes what the catalogue says of it`(operation: ServiceOperation) async throws {
        let definition = try #require(operation.type.definition)
        let context = EventContext(
            trace: TraceContext(traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), principal: .jwt(subject: "s"))
        let events = self.publisher(definition.source)
        var expected: EventData?
        let published = try await self.events(1, of: events) { service in
            expected = try await EventContext.withValue(context) { try await operation.run(service) }
        }

        let event = try #require(published.first)
        #expect(published.count == 1)
        #expect(event.type == operation.type.rawValue)
        #expect(event.source.description == definition.source.rawValue)
        #expect(event.subject == operation.subject.description)
        #expect(operation.subject.kind == definition.subject)
        #expect(event.data == expected)
        #expect(event.dataContentType == .json)
        #expect(event.dataSchema?.description == definition.dataSchema?.description)
        // The model of the table reads it; bytes have none.
        let payload = try definition.decodePayload(of: event)
        #expect((payload == nil) == (definition.payload == nil))
        #expect(event[.traceParent] == "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        #expect(event[.authID] == "s")
        // An update reads what was there once, before it; nothing else is read.
        #expect(await self.base.calls == operation.calls)
    }

    @Test(arguments: ServiceOperation.all)
    func `an operation that fails throws what it threw, and publishes nothing`(operation: ServiceOperation) async throws {
        await self.base.failOperations()
        let events = self.publisher()
        let published = try await self.events(1, of: events) { service in
            await #expect(throws: InMemoryPKI.OperationFailed.self) { try await operation.run(service) }
            try await events.publish(try events.event(.kmsCreate, subject: .kms("after"), payload: "the only one" as JSONValue))
        }
        #expect(published.map(\.subject) == ["kms/after"])
        #expect(await self.base.calls == operation.calls)
    }

    // MARK: Reading

    @Test func `reading publishes nothing`() async throws {
        let events = self.publisher()
        let service = PublishingService(wrapping: self.base, events: events)
        #expect(try await service.ca("plant") == InMemoryPKI.plant)
        #expect(try await service.certificate("1a") == InMemoryPKI.leaf)
        #expect(try await service.issuanceProfile("short") == InMemoryPKI.short)
        #expect(try await service.device("press") == InMemoryPKI.press)
        #expect(try await service.deviceGroup("hall") == InMemoryPKI.hall)
        #expect(try await service.dms("line") == InMemoryPKI.line)
        #expect(events.statistics.stored == 0)
    }

    @Test func `an update of what cannot be read is not run`() async throws {
        let events = self.publisher()
        let service = PublishingService(wrapping: self.base, events: events)
        await #expect(throws: InMemoryPKI.NotFound.self) { try await service.updateDeviceStatus("nobody", to: .active) }
        #expect(await self.base.calls == ["device"])
        #expect(events.statistics.stored == 0)
    }

    // MARK: The publisher behind it

    @Test func `without a broker operations go on, and a full outbox refuses them before they run`() async throws {
        let events = self.publisher(limits: OutboxLimits(maximumEvents: 2))
        let service = PublishingService(wrapping: self.base, events: events)
        _ = try await service.createDevice("a", with: [])
        _ = try await service.createDevice("b", with: [])
        await #expect(throws: LamassuEventsError(.outboxFull, message: "")) { try await service.createDevice("c", with: []) }
        #expect(await self.base.calls == ["createDevice", "createDevice"])
    }

    @Test func `a full outbox that drops lets every operation run`() async throws {
        let events = self.publisher(limits: OutboxLimits(maximumEvents: 2, policy: .dropOldest))
        let service = PublishingService(wrapping: self.base, events: events)
        for id in ["a", "b", "c"] { _ = try await service.createDevice(id, with: []) }
        #expect(await self.base.calls.count == 3)
    }

    @Test func `of operations that run at the same time each has its event, those of a subject in order`() async throws {
        let published = try await self.events(400, of: self.publisher(.deviceManager)) { service in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let context = EventContext(principal: .jwt(subject: "user \(number)"))
                        try await EventContext.withValue(context) {
                            _ = try await service.createDevice("d\(number)", with: [])
                            _ = try await service.updateDeviceStatus("d\(number)", to: .active)
                            _ = try await service.updateDeviceMetadata("d\(number)", with: ["number": .number(JSONNumber(number))])
                            try await service.deleteDevice("d\(number)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(published.count == 400)
        let types: [EventType] = [.deviceCreate, .deviceStatusUpdate, .deviceMetadataUpdate, .deviceDelete]
        for number in 0..<100 {
            let events = published.filter { $0.subject == "device/d\(number)" }
            #expect(events.map(\.type) == types.map(\.rawValue))
            #expect(events.allSatisfy { $0[.authID]?.text == "user \(number)" })
        }
    }
}
