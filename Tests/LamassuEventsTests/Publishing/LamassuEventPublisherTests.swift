// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import JSONCoding
import LamassuEvents
import Logging
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct LamassuEventPublisherTests {
    private struct OperationFailed: Error {}

    /// A network that is not there: these tests look at what happens before it is needed.
    private struct NoNetwork: ByteStreamTransport {
        func connect(to target: ByteStreamTarget, handler: any ByteStreamHandler) async throws(TransportError) -> any ByteStream {
            throw TransportError(.unreachable, message: "there is no network in this test")
        }
    }

    /// A result that has no JSON form.
    private struct Unwritable: JSONEncodable {
        func encode(into writer: inout JSONWriter) { writer.double(.infinity) }
    }

    private let logs = LogStore()

    private func publisher(
        store: some OutboxStore = MemoryOutbox(), _ configure: (inout EventPublisherConfiguration) -> Void = { _ in }
    ) -> LamassuEventPublisher {
        var configuration = EventPublisherConfiguration(
            broker: AMQPConfiguration(host: "localhost", credentials: .external), source: .deviceManager)
        configure(&configuration)
        return LamassuEventPublisher(configuration, transport: NoNetwork(), store: store, logger: self.logs.logger)
    }

    @Test func `the result of an operation is its payload, under the source of the service`() async throws {
        let events = self.publisher()
        let event = try events.event(.deviceCreate, subject: .device("d"), payload: Device(id: "d"))
        #expect(event.source.description == "source://lamassu.io/ctx/source/service/devmanager")
        #expect(event.type == "device.create")
        #expect(event.subject == "device/d")
        #expect(event.time != nil)
        #expect(try event.decodeData(as: Device.self) == Device(id: "d"))
        #expect(try events.event(.deviceCreate, subject: .device("d"), payload: Device(id: "d")).id != event.id)
    }

    @Test func `an operation without a connection stores its event and goes on`() async throws {
        let events = self.publisher()
        let device = try await events.publishing(.deviceCreate, subject: { .device($0.id) }) { Device(id: "d") }
        #expect(device.id == "d")
        _ = try await events.publishing(.deviceStatusUpdate, subject: .device("d"), previous: device) { Device(id: "d", status: .active) }
        #expect(events.statistics.stored == 2)
        #expect(try await events.depth().events == 2)
        #expect(!events.statistics.isConnected)
    }

    @Test func `an operation that fails gives its room back`() async throws {
        let events = self.publisher(store: MemoryOutbox(limits: OutboxLimits(maximumEvents: 2)))
        for _ in 0..<5 {
            await #expect(throws: OperationFailed.self) {
                try await events.publishing(.deviceCreate, subject: .device("d")) { () -> Device in throw OperationFailed() }
            }
        }
        _ = try await events.publishing(.deviceCreate, subject: .device("d")) { Device(id: "d") }
        #expect(events.statistics.stored == 1)
    }

    @Test(arguments: [EventSubject.device("d"), .device("with a \u{7} bell")])
    func `an operation succeeds even if its event cannot be written, which is parked`(subject: EventSubject) async throws {
        let events = self.publisher()
        if subject == .device("d") {
            _ = try await events.publishing(.deviceCreate, subject: subject) { Unwritable() }
        } else {
            _ = try await events.publishing(.deviceCreate, subject: subject) { Device(id: "d") }
        }
        let parked = try #require(try await events.parkedEvents().first)
        #expect(parked.event.type == .deviceCreate)
        #expect(parked.event.subject == subject.description)
        #expect(parked.error.code == .encodingFailed)
        #expect(try await !events.retryParked(parked.id))
        #expect(try await events.discardParked(parked.id))
        #expect(self.logs.lines.contains { $0.hasPrefix("error: event parked") })
        #expect(self.logs.lines.contains { $0.hasPrefix("error: event dropped") })
    }

    @Test func `neither payloads nor extensions are logged`() async throws {
        let events = self.publisher { $0.maximumEventBytes = 5 }
        var event = try events.event(.caCreate, subject: .dms("line"), payload: JSONValue.null)
        event.data = try .encoding(JSONValue.object([.init(key: "key", value: "s3cret")]))
        event[.authClaims] = "s3cret"
        try await events.publish(event)
        #expect(self.logs.lines.contains { $0.contains("dms/line") })
        #expect(!self.logs.lines.contains { $0.contains("s3cret") })
    }
}
