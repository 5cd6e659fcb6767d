// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Foundation
import JSONCoding
import TestSupport

/// One run of chaos: two publisher processes that share a database, one with a database of its own, a proxy before the broker, and one
/// consumer behind it.
struct ChaosRun: Sendable {
    /// Something stands still.
    private struct Standstill: Error, CustomStringConvertible {
        let description: String
    }

    let operations: Int
    let seed: UInt64
    /// The faults in their order.
    let plan: [ChaosFault]

    init(operations: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        self.operations = operations
        self.seed = seed
        self.plan = ChaosFault.plan(forOperations: operations).shuffled(using: &generator)
    }

    func execute() async throws -> ChaosOutcome {
        try await Broker.withQueue { queue in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(queue)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            let outcome = try await FaultProxy.with(to: try Broker.port, seed: self.seed) { proxy in
                let field = try ChaosField(folder: folder, queue: queue, proxy: proxy, operations: self.operations, seed: self.seed)
                return try await self.execute(in: field)
            }
            try await Broker.withChannel { channel in
                try await channel.deleteExchange(queue)
                _ = try await channel.deleteQueue("\(queue).dead-letter")
            }
            // What failed is kept, to be looked at.
            if outcome.verdict.complaints.isEmpty { try FileManager.default.removeItem(at: folder) }
            return outcome
        }
    }

    private func execute(in field: ChaosField) async throws -> ChaosOutcome {
        let start = ContinuousClock.now
        let witness = ChaosWitness()
        var faults: [String: Int] = [:]
        var refusedWrites = 0
        try await withThrowingTaskGroup { consumer in
            var configuration = try Broker.configuration()
            configuration.recovery = AMQPRecovery(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
            consumer.addTask { [configuration] in try await witness.consume(field.queue, with: configuration) }

            try await withThrowingTaskGroup { services in
                for service in field.services { services.addTask { try await service.run("serve") } }
                var generator = SeededGenerator(seed: ~self.seed)
                for (index, fault) in self.plan.enumerated() {
                    // All is over before the last operations are done, so that each fault meets processes that are at work.
                    let share = 0.9 * (Double(index) + Double.random(in: 0..<1, using: &generator)) / Double(self.plan.count)
                    try field.allow(share + 2 / Double(self.plan.count))
                    try await self.wait(until: Int(share * Double(self.operations)), in: witness, field)
                    try await fault.happen(in: field, &generator)
                    faults["\(fault)", default: 0] += 1
                }
                try field.allow(1)
                try await services.waitForAll()
            }

            refusedWrites = try field.services.reduce(0) { $0 + (try $1.conditions.refusedWrites) }
            try await withThrowingTaskGroup { services in
                for service in field.services {
                    try service.conditions.disarm()
                    services.addTask { try await service.run("settle") }
                }
                try await services.waitForAll()
            }
            try await self.wait(untilEmptied: field.queue, by: witness)
            consumer.cancelAll()
            try await consumer.waitForAll()
        }
        return ChaosOutcome(
            verdict: try await field.verdict(on: witness.record), faults: faults, deaths: field.services.reduce(0) { $0 + $1.deaths },
            deathsAtPoints: field.services.map(\.deathsAtPoints).reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) },
            refusedWrites: refusedWrites, duration: .now - start, reports: field.services.flatMap(\.reports))
    }

    /// Waits until so many events have come out of the queue; throws when none comes for two minutes.
    private func wait(until count: Int, in witness: ChaosWitness, _ field: ChaosField) async throws {
        var (latest, since) = (witness.count, ContinuousClock.now)
        while latest < count {
            try await Task.sleep(for: .milliseconds(2))
            if let failure = field.services.lazy.compactMap(\.failure).first { throw failure }
            let now = witness.count
            if now > latest { (latest, since) = (now, .now) }
            guard ContinuousClock.now - since < .seconds(120) else {
                throw Standstill(
                    description: "\(latest) events came, then none for two minutes; the publishers' files are in \(field.folder.path)")
            }
        }
    }

    /// Waits until all that is in the queue has come out of it: what is put in last, comes last.
    private func wait(untilEmptied queue: String, by witness: ChaosWitness) async throws {
        try await Broker.withChannel { channel in
            let publisher = try await channel.publisher(window: 1)
            try await publisher.publish(Array(ChaosWitness.end.utf8), to: .queue(queue), mandatory: true)
        }
        try await eventually("the queue is empty") { witness.hasSeenEnd }
    }
}
