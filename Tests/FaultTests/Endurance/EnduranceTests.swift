// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Foundation
import TestSupport
import Testing

/// Many confirmed publishes through many faults of all kinds, while a consumer runs through the same proxy.
@Suite(.timeLimit(.minutes(15))) struct EnduranceTests {
    private static let lanes = 100
    private static let perLane = 1_000
    /// On every fifth lane, messages are published in batches of so many, on the others one by one.
    private static let batch = 50

    /// Each kind so often; which comes when, the seed says.
    private static let ordeals: [(Ordeal, Int)] = [
        (.reset, 3), (.close, 2), (.cutToBroker, 3), (.cutToClient, 3), (.silence, 3), (.stall, 1), (.refusal, 2), (.relapse, 3),
        (.slowness, 1), (.forcedClose, 2), (.memoryAlarm, 1), (.kill, 3),
    ]

    /// What the order of the faults, and their details, are drawn from.
    private static var seed: UInt64 {
        ProcessInfo.processInfo.environment["LAMASSU_TEST_FAULT_SEED"].flatMap { UInt64($0) } ?? 20_261_123
    }

    @Test func `100,000 publishes through 27 faults are confirmed, consumed, and in order`() async throws {
        var generator = SeededGenerator(seed: Self.seed)
        let ordeals = Self.ordeals.flatMap { Array(repeating: $0.0, count: $0.1) }.shuffled(using: &generator)
        let total = Self.lanes * Self.perLane
        let ledger = Ledger()
        let memoryBefore = try ProcessCensus.resetPeakMemory()
        let start = ContinuousClock.now
        var recoveries = 0

        try await Broker.withQueue { queue in
            try await FaultProxy.with(to: try Broker.port, seed: Self.seed) { proxy in
                let configuration = try Broker.recovering(over: proxy)
                recoveries = try await withThrowingTaskGroup(of: Int.self) { group in
                    group.addTask { try await self.consume(queue, with: configuration, into: ledger, until: total) }
                    for half in 0..<2 {
                        group.addTask {
                            try await self.publish(
                                to: queue, with: configuration, into: ledger, lanes: half * Self.lanes / 2..<(half + 1) * Self.lanes / 2)
                        }
                    }
                    for (index, ordeal) in ordeals.enumerated() {
                        let share = (Double(index) + Double.random(in: 0..<1, using: &generator)) / Double(ordeals.count)
                        while ledger.confirmedCount < Int(share * Double(total)) { try await Task.sleep(for: .milliseconds(1)) }
                        try await ordeal.happen(to: proxy, &generator)
                    }
                    return try await group.reduce(0, +)
                }
            }
            let rest = try await Broker.drainAll(queue, atLeast: 0)
            #expect(rest.isSubset(of: ledger.confirmed))
        }

        let memory = (try ProcessCensus.peakMemoryKiB() - memoryBefore) / 1_024
        print(
            """
            \(total) publishes through \(ordeals.count) faults in \(ContinuousClock.now - start): \(ledger.confirmedCount) confirmed, \
            \(ledger.seenCount) consumed, \(ledger.missing.count) lost, \(ledger.duplicateCount) duplicates, \
            \(ledger.failures.count) calls repeated by the caller, \(ledger.lanesOutOfOrder.count) of \(Self.lanes) lanes out of order, \
            \(recoveries) recoveries, \(memory) MiB of memory
            """)
        #expect(ledger.confirmedCount == total)
        #expect(ledger.seenCount == total)
        #expect(ledger.missing == [])
        #expect(ledger.lanesOutOfOrder == [])
        #expect(ledger.failures.allSatisfy { $0.isRetryable })
        #expect(memory < 256)
    }

    /// Publishes some lanes over a connection of their own, each in a task of its own; returns how often the connection was recovered.
    private func publish(
        to queue: String, with configuration: AMQPConfiguration, into ledger: Ledger, lanes: Range<Int>
    ) async throws -> Int {
        try await Broker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                let publisher = try await channel.publisher(window: 40)
                try await withThrowingTaskGroup { group in
                    for lane in lanes {
                        group.addTask {
                            let size = lane.isMultiple(of: 5) ? Self.batch : 1
                            for start in stride(from: 0, to: Self.perLane, by: size) {
                                let names = (start..<start + size).map { MessageName(lane: lane, number: $0) }
                                try await self.publish(names, to: queue, with: publisher, into: ledger)
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
            return connection.state.recoveries
        }
    }

    /// Publishes messages, and those that fail again, until all are confirmed.
    private func publish(
        _ names: [MessageName], to queue: String, with publisher: AMQPPublisher, into ledger: Ledger
    ) async throws {
        var unconfirmed = names
        while !unconfirmed.isEmpty {
            let failures = try await self.attempt(unconfirmed, to: queue, with: publisher)
            for (index, name) in unconfirmed.enumerated() { ledger.published(name, failures[index]) }
            unconfirmed = failures.keys.sorted().map { unconfirmed[$0] }
        }
    }

    /// Publishes messages once; returns which of them failed, and how.
    private func attempt(
        _ names: [MessageName], to queue: String, with publisher: AMQPPublisher
    ) async throws -> [Int: AMQPError] {
        let body = Array("event".utf8)
        do throws(AMQPError) {
            if let name = names.first, names.count == 1 {
                try await publisher.publish(body, properties: name.properties, to: .queue(queue), mandatory: true)
            } else {
                try await publisher.publish(
                    contentsOf: names.map { AMQPMessage(body, properties: $0.properties, to: .queue(queue), mandatory: true) })
            }
            return [:]
        } catch {
            guard error.isRetryable else { throw error }
            return names.count == 1 ? [0: error] : error.failedMessages
        }
    }

    /// Consumes until it has had so many messages; returns how often the connection was recovered.
    private func consume(
        _ queue: String, with configuration: AMQPConfiguration, into ledger: Ledger, until total: Int
    ) async throws -> Int {
        try await Broker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                try await channel.withDeliveries(from: queue, prefetch: 200) { deliveries in
                    for try await delivery in deliveries {
                        ledger.seen(try #require(MessageName(of: delivery)))
                        try delivery.ack()
                        if ledger.seenCount == total { break }
                    }
                }
            }
            return connection.state.recoveries
        }
    }
}
