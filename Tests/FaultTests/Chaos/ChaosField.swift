// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import TestSupport

/// The publishers of a run and what they have in common.
struct ChaosField: Sendable {
    let folder: URL
    let queue: String
    let proxy: FaultProxy
    let services: [ChaosService]
    private let operationsEach: Int
    /// How many operations are under way at a time in each service.
    private static let workers = 8
    /// Which services have which database.
    private let databases: [String: [Int]]

    /// - Parameter operations: how many are to succeed in all services together.
    init(folder: URL, queue: String, proxy: FaultProxy, operations: Int, seed: UInt64) throws {
        self.folder = folder
        self.queue = queue
        self.proxy = proxy
        self.operationsEach = (operations + 2) / 3
        let operationsEach = self.operationsEach
        self.databases = ["shared.sqlite": [0, 1], "alone.sqlite": [2]]
        let broker = try TestServers.amqpURL.replacing(":\(try Broker.port)/", with: ":\(proxy.port)/")
        self.services = try ["shared", "shared", "alone"].enumerated().map { index, database in
            let files = folder.appendingPathComponent("\(index)").path
            return ChaosService(
                [
                    "database=\(folder.appendingPathComponent("\(database).sqlite").path)", "journal=\(files).journal", "broker=\(broker)",
                    // So little room that an outage of the broker is felt.
                    "room=500", "queue=\(queue)", "process=\(index)", "seed=\(seed)", "operations=\(operationsEach)",
                    "workers=\(Self.workers)",
                ], conditions: try ChaosConditions(path: "\(files).conditions"))
        }
    }

    /// Lets the services do a share of their operations.
    func allow(_ share: Double) throws {
        for service in self.services {
            try service.conditions.setAllowance(Int((min(1, share) * Double(self.operationsEach)).rounded(.up)))
        }
    }

    /// Lets the services go on a little, for a fault that they have to come upon.
    func allowMore() throws { for service in self.services { try service.conditions.setAllowance(try service.conditions.allowance + 1) } }

    /// The services that share a disk with a service.
    func neighbours(of service: Int) -> [ChaosService] {
        self.databases.values.first { $0.contains(service) }?.map { self.services[$0] } ?? []
    }

    /// Judges what the services did by what came out of the queue.
    func verdict(on record: ChaosWitness.Record) async throws -> ChaosVerdict {
        var operations: [ChaosOperation] = []
        for database in self.databases.keys {
            let path = self.folder.appendingPathComponent(database).path
            _ = try await TestCommand.run([ChaosService.program.path, "ledger", "database=\(path)", "output=\(path).ledger"])
            operations += try Self.lines(of: "\(path).ledger").map { line in
                var reader = JSONReader(Array(line.utf8))
                let operation = try ChaosOperation(from: &reader)
                try reader.finish()
                return operation
            }
        }
        var (failed, returned): (Set<String>, Set<String>) = ([], [])
        var mayBeLost = 0
        for (index, service) in self.services.enumerated() {
            let journal = try self.journal(of: index)
            failed.formUnion(journal["failed"] ?? [])
            returned.formUnion(journal["returned"] ?? [])
            // A death takes what is under way, and what waits in memory for a full disk: whose call returned last has noted how much.
            let mostKeptAside = journal["aside"]?.compactMap { Int($0) }.max() ?? 0
            mayBeLost += service.deaths * (Self.workers + mostKeptAside)
        }
        return ChaosVerdict(operations: operations, failed: failed, returned: returned, mayBeLost: mayBeLost, record: record)
    }

    /// What a service has noted in all its lives, by kind.
    private func journal(of index: Int) throws -> [Substring: Set<String>] {
        var journal: [Substring: Set<String>] = [:]
        for line in try Self.lines(of: self.folder.appendingPathComponent("\(index).journal").path) {
            let words = line.split(separator: " ")
            if words.count == 2 { journal[words[0], default: []].insert(String(words[1])) }
        }
        return journal
    }

    private static func lines(of path: String) throws -> [Substring] {
        try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }
}
