// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization
import TestSupport
import Testing

/// One recovering connection over which messages flow: four tasks publish, one consumes and acknowledges.
final class RecoveryFixture: Sendable {
    let connection: AMQPConnection
    let ledger = Ledger()
    private let queue: String
    private let isStopped = Mutex(false)

    private init(connection: AMQPConnection, queue: String) {
        self.connection = connection
        self.queue = queue
    }

    /// Runs the body while messages flow; they flow before, and have to flow after it, without an error and without a loss.
    static func with(_ configuration: AMQPConfiguration, _ body: (RecoveryFixture) async throws -> Void) async throws {
        try await Broker.withQueue { queue in
            try await Broker.withConnection(configuration) { connection in
                let fixture = RecoveryFixture(connection: connection, queue: queue)
                try await connection.withChannel { channel in
                    try await withThrowingTaskGroup { consumers in
                        consumers.addTask { try await fixture.consume() }
                        let publisher = try await channel.publisher(window: 3)
                        try await withThrowingTaskGroup { publishers in
                            for lane in 0..<4 { publishers.addTask { try await fixture.publish(on: lane, with: publisher) } }
                            try await fixture.untilMessagesFlow()
                            try await body(fixture)
                            try await fixture.untilMessagesFlow()
                            fixture.isStopped.withLock { $0 = true }
                            try await publishers.waitForAll()
                        }
                        try await eventually("the consumer has had all that was confirmed") { fixture.ledger.missing.isEmpty }
                        consumers.cancelAll()
                        try await consumers.waitForAll()
                    }
                }
                #expect(fixture.ledger.failures == [])
                #expect(fixture.ledger.lanesOutOfOrder == [])
            }
        }
    }

    /// Publishes until it is stopped, or its task is cancelled, since what was awaited did not come.
    private func publish(on lane: Int, with publisher: AMQPPublisher) async throws {
        var number = 0
        while !Task.isCancelled && !self.isStopped.withLock({ $0 }) {
            let name = MessageName(lane: lane, number: number)
            let error = try await AMQPError.catching {
                try await publisher.publish([1], properties: name.properties, to: .queue(self.queue), mandatory: true)
            }
            self.ledger.published(name, error)
            number += 1
        }
    }

    /// Consumes until the task is cancelled.
    private func consume() async throws {
        let error = try await AMQPError.catching {
            try await self.connection.withChannel { channel in
                try await channel.withDeliveries(from: self.queue, prefetch: 10) { deliveries in
                    for try await delivery in deliveries {
                        self.ledger.seen(try #require(MessageName(of: delivery)))
                        try delivery.ack()
                    }
                }
            }
        }
        #expect(error?.code == .cancelled)
    }

    /// Waits until messages that are published from now on are confirmed and consumed.
    func untilMessagesFlow() async throws {
        let (confirmed, seen) = (self.ledger.confirmedCount, self.ledger.seenCount)
        try await eventually("messages flow") {
            self.ledger.confirmedCount >= confirmed + 100 && self.ledger.seenCount >= seen + 100
        }
    }

    /// Waits until the connection has been made anew so often.
    func untilRecovered(_ count: Int = 1) async throws {
        try await eventually("the connection is recovered \(count) times") {
            let state = self.connection.state
            return state.phase == .connected && state.recoveries >= count
        }
    }
}
