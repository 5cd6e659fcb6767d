// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Logging
import Synchronization
import TestSupport
import Testing

/// What is particular to the bus within a process; what every bus does is in the behaviour suite.
@Suite(.timeLimit(.minutes(1))) struct InProcessEventBusTests {
    private func event(_ type: EventType = .caCreate, _ number: Int = 0) throws -> CloudEvent {
        try CloudEvent(
            id: .random(), source: EventSource.ca.rawValue, type: type.rawValue, subject: "ca/one",
            json: JSONValue.number(JSONNumber(number)))
    }

    private func subscription(_ name: String, room: Int, filter: EventFilter = .all) -> Subscription {
        var handling = HandlingConfiguration()
        handling.prefetch = room
        return Subscription(name, filter: filter, handling: handling)
    }

    /// Runs a bus while a closure runs, and drains it.
    private func withRunning(_ bus: InProcessEventBus, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test func `a publisher waits while a subscription has no room, and no event is lost by that`() async throws {
        let bus = InProcessEventBus(publishTimeout: .seconds(60), logger: .silent)
        let handled = Shared<[Int]>([])
        try bus.subscribe(
            self.subscription("a", room: 2),
            handler: EventRouter().on(.caCreate, as: Int.self) { number, _ in
                handled.state.withLock { $0.append(number) }
                return .done
            })
        for number in 0..<2 { try await bus.publish(self.event(.caCreate, number)) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            let third = try self.event(.caCreate, 2)
            group.addTask { try await bus.publish(third) }
            #expect(bus.statistics(of: "a")?.held == 2)
            try await self.withRunning(bus) {
                try await group.waitForAll()
                try await eventually("three are handled") { handled.state.withLock { $0.count } == 3 }
            }
        }
        #expect(handled.state.withLock { $0 } == [0, 1, 2])
    }

    @Test func `an event goes to all that want it or to none`() async throws {
        let bus = InProcessEventBus(publishTimeout: .milliseconds(1), logger: .silent)
        try bus.subscribe(self.subscription("a", room: 10), handler: EventRouter())
        try bus.subscribe(self.subscription("full", room: 1, filter: EventFilter(types: ["ca.#"])), handler: EventRouter())
        try bus.subscribe(self.subscription("other", room: 1, filter: EventFilter(types: ["device.#"])), handler: EventRouter())
        try await bus.publish(self.event())
        let error = await #expect(throws: LamassuEventsError.self) { try await bus.publish(self.event()) }
        #expect(error?.code == .subscriptionFull)
        #expect(error?.message.contains("'full'") == true)
        #expect(bus.statistics(of: "a")?.held == 1)
        try await bus.publish(self.event(.deviceCreate))
        #expect(bus.statistics(of: "other")?.held == 1)
    }

    @Test func `a publisher that is cancelled while it waits has published nothing`() async throws {
        let bus = InProcessEventBus(publishTimeout: .seconds(60), logger: .silent)
        try bus.subscribe(self.subscription("a", room: 1), handler: EventRouter())
        try await bus.publish(self.event())
        let event = try self.event()
        await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.publish(event) }
            group.cancelAll()
            await #expect(throws: LamassuEventsError(.cancelled, message: "")) { try await group.next() }
        }
        #expect(bus.statistics(of: "a")?.held == 1)
    }

    @Test func `a drain that is over its time says how many events are lost`() async throws {
        let bus = InProcessEventBus(logger: .silent)
        var subscription = self.subscription("a", room: 10)
        subscription.handling.drainTimeout = .milliseconds(1)
        try bus.subscribe(subscription, handler: EventRouter().on(.caCreate) { _ in .retry(reason: "never") })
        for _ in 0..<3 { try await bus.publish(self.event()) }
        let error = await #expect(throws: LamassuEventsError.self) {
            try await self.withRunning(bus) { try await eventually("it runs") { bus.statistics(of: "a")?.isConnected == true } }
        }
        #expect(error?.code == .drainTimedOut)
        #expect(error?.message.hasPrefix("3 events") == true)
        await #expect(throws: LamassuEventsError(.closed, message: "")) { try await bus.publish(self.event()) }
    }

    /// A subscription that parks whatever is to be tried again.
    private func parking(_ drainTimeout: Duration) -> Subscription {
        var subscription = self.subscription("a", room: 10)
        subscription.handling.parkingDelay = .zero
        subscription.handling.drainTimeout = drainTimeout
        return subscription
    }

    @Test func `a drain handles what is parked in memory too`() async throws {
        let bus = InProcessEventBus(logger: .silent)
        let store = InMemoryParkedStore()
        try bus.subscribe(
            self.parking(.seconds(60)),
            handler: EventRouter().on(.caCreate) { event in
                event.attempt == 1 ? .retry(reason: "not yet", after: .milliseconds(200)) : .done
            }, parkedStore: store)
        try await bus.publish(self.event())
        try await self.withRunning(bus) { try await eventually("it is parked") { bus.statistics(of: "a")?.parked == 1 } }
        #expect(bus.statistics(of: "a")?.done == 1)
        #expect(try await store.list(lane: nil, limit: 1).isEmpty)
    }

    @Test func `a drain that is over its time counts what is parked in memory`() async throws {
        let bus = InProcessEventBus(logger: .silent)
        try bus.subscribe(
            self.parking(.milliseconds(1)),
            handler: EventRouter().on(.caCreate) { _ in .retry(reason: "never", after: .seconds(600)) }, parkedStore: InMemoryParkedStore())
        for _ in 0..<3 { try await bus.publish(self.event()) }
        let error = await #expect(throws: LamassuEventsError.self) {
            try await self.withRunning(bus) { try await eventually("all are parked") { bus.statistics(of: "a")?.parked == 3 } }
        }
        #expect(error?.code == .drainTimedOut)
        #expect(error?.message.hasPrefix("3 events") == true)
    }

    @Test func `dead letters are kept up to a limit, the last ones`() async throws {
        let bus = InProcessEventBus(maximumDeadLetters: 2, logger: .silent)
        try bus.subscribe(
            self.subscription("a", room: 10),
            handler: EventRouter().on(.caCreate, as: Int.self) { number, _ in .deadLetter(reason: "no \(number)") })
        for number in 0..<3 { try await bus.publish(self.event(.caCreate, number)) }
        try await self.withRunning(bus) {
            try await eventually("three are dead letters") { bus.statistics(of: "a")?.deadLettered == 3 }
        }
        #expect(bus.deadLetters.map(\.reason) == ["no 1", "no 2"])
        #expect(bus.deadLetters.map(\.subscription) == ["a", "a"])
    }
}
