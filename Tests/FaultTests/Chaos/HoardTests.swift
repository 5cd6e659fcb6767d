// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Foundation
import TestSupport
import Testing

/// What waits for the broker is on the disk, not in memory.
@Suite(.timeLimit(.minutes(15))) struct HoardTests {
    private static let count = 100_000

    @Test func `100,000 events wait for the broker in bounded memory, and then go out`() async throws {
        try await Broker.withQueue { queue in
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent(queue)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(at: folder) }
            let journal = folder.appendingPathComponent("journal").path
            try await FaultProxy.with(to: try Broker.port) { proxy in
                proxy.refuse()
                let broker = try TestServers.amqpURL.replacing(":\(try Broker.port)/", with: ":\(proxy.port)/")
                async let hoard = TestCommand.run([
                    ChaosService.program.path, "hoard", "database=\(folder.appendingPathComponent("hoard.sqlite").path)",
                    "journal=\(journal)",
                    "broker=\(broker)", "queue=\(queue)", "process=0", "seed=0", "room=\(Self.count)", "operations=\(Self.count)",
                ])
                let stored = try await Self.figure("stored", in: journal)
                try proxy.heal()
                _ = try await hoard
                let sent = try await Self.figure("sent", in: journal)
                #expect(try await Broker.messageCount(queue) == Self.count)
                print("\(Self.count) events: \(stored) KiB more while they were stored, \(sent) KiB until all were sent")
                #expect(max(stored, sent) < 32 * 1_024)
            }
            try await Broker.withChannel { channel in
                try await channel.deleteExchange(queue)
                _ = try await channel.deleteQueue("\(queue).dead-letter")
            }
        }
    }

    /// What the process notes of its memory, in KiB.
    private static func figure(_ name: String, in journal: String) async throws -> Int {
        let deadline = ContinuousClock.now + .seconds(600)
        while ContinuousClock.now < deadline {
            let lines = ((try? String(contentsOfFile: journal, encoding: .utf8)) ?? "").split(separator: "\n").map {
                $0.split(separator: " ")
            }
            if let line = lines.first(where: { $0.count == 2 && $0[0] == name }), let figure = Int(line[1]) { return figure }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ChaosService.Failure(description: "the process does not say '\(name)'")
    }
}
