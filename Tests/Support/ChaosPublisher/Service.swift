// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CChaosConditions
import CurlTransport
import JSONCoding
import LamassuEvents
import Logging
import SQLiteOutbox
import Synchronization
import TestSupport

/// One life of the service: its database, its outbox in the same file, its publisher.
final class Service: Sendable {
    let process: Int
    let databaseName: String
    let database: ServiceDatabase
    let outbox: SQLiteOutbox
    let events: LamassuEventPublisher
    let journal: Journal
    let tally = Tally()
    /// Whether every operation of an earlier life was resolved: before, none is done at the second level, lest it overtake one.
    let isResolved = Atomic(false)
    private let seed: UInt64

    init(_ arguments: Arguments) async throws {
        self.process = try arguments.number("process")
        self.seed = try arguments.number("seed")
        self.journal = try Journal(appendingTo: try arguments.text("journal"))
        let path = try arguments.text("database")
        let logger = Logger(label: "chaos", factory: { _ in SwiftLogNoOpLogHandler() })
        self.databaseName = String(path.split(separator: "/").last?.prefix { $0 != "." } ?? "")
        self.database = try ServiceDatabase(path)
        var store = SQLiteOutbox.Configuration(path: path, isHostDatabase: true)
        // So short that a death is soon over.
        store.limits.maximumEvents = try arguments.number("room")
        store.leaseDuration = .seconds(2)
        self.outbox = try await SQLiteOutbox.open(store, logger: logger)
        let queue = try arguments.text("queue")
        var configuration = EventPublisherConfiguration(
            broker: try AMQPConfiguration(uri: try arguments.text("broker")), source: .deviceManager,
            topology: EventTopology(exchange: queue, queue: queue, deadLetterQueue: "\(queue).dead-letter"))
        configuration.broker.heartbeat = .seconds(1)
        configuration.reconnectBackoff = Backoff(initial: .milliseconds(20), maximum: .milliseconds(200))
        configuration.backoff = configuration.reconnectBackoff
        self.events = LamassuEventPublisher(
            configuration, transport: .curl, store: self.outbox, resolver: Resolver(database: self.database),
            logger: logger)
    }

    /// Does operations, so many at a time, until so many have succeeded in all lives of this process.
    func serve(until count: Int, workers workerCount: Int) async throws {
        let done = try await self.database.count(ofProcess: self.process)
        try await self.whileRelaying {
            try await withThrowingTaskGroup { workers in
                workers.addTask {
                    try await eventually("earlier operations are resolved") {
                        try await self.database.intents(ofProcess: self.process) == 0
                    }
                    self.isResolved.store(true, ordering: .releasing)
                }
                for index in 0..<workerCount {
                    let generator = SeededGenerator(seed: self.seed &+ UInt64(1_000_000 * (self.process + 1) + 1_000 * index + done))
                    workers.addTask {
                        var worker = Worker(index: index, service: self, generator: generator)
                        while done + self.tally.succeeded < count {
                            // The test lets operations go on no faster than faults come.
                            while done + self.tally.succeeded >= chaos_allowance() { try await Task.sleep(for: .milliseconds(2)) }
                            await worker.work()
                        }
                    }
                }
                try await workers.waitForAll()
            }
        }
        print(self.tally)
    }

    /// Takes up what is left, and returns when nothing is.
    func settle() async throws {
        try await self.whileRelaying {
            try await eventually("the outbox is empty") {
                let depth = try await self.outbox.depth()
                return depth.events == 0 && depth.intents == 0 && depth.parked == 0
            }
        }
    }

    /// Runs while events go out.
    func whileRelaying(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { try await self.events.run() }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    /// Ends the process where a test says so.
    static func pass(_ point: String) { unsafe chaos_pass(point) }
}
