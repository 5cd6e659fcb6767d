// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import LamassuEvents
import Logging
import SQLiteOutbox

/// Measures the outbox in SQLite: `outbox-bench SCENARIO COUNT [FOLDER]`, one line of JSON; README.md lists the scenarios.
@main
struct OutboxBenchmark {
    /// How many tasks store at the same time.
    static let writers = 64

    let count: Int
    let path: String

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    static func main() async throws {
        let arguments = CommandLine.arguments
        guard (3...4).contains(arguments.count), let count = Int(arguments[2]), count > 0 else {
            throw Failure(description: "usage: outbox-bench SCENARIO COUNT [FOLDER]")
        }
        let folder = arguments.count == 4 ? arguments[3] : "."
        let benchmark = OutboxBenchmark(count: count, path: "\(folder)/outbox-bench-\(getpid()).db")
        defer { for suffix in ["", "-wal", "-shm"] { unlink(benchmark.path + suffix) } }
        let figures =
            switch arguments[1] {
            case "sync": try benchmark.sync()
            case "operate": try await benchmark.operate(pause: .zero)
            case "operate-paced": try await benchmark.operate(pause: .milliseconds(100))
            case "enqueue": try await benchmark.enqueue()
            case "relay": try await benchmark.relay(perSubject: 1)
            case "relay-one-subject": try await benchmark.relay(perSubject: count)
            default: throw Failure(description: "no such scenario: \(arguments[1])")
            }
        print(figures.line(scenario: arguments[1], count: count))
    }

    private func open() async throws -> SQLiteOutbox {
        var configuration = SQLiteOutbox.Configuration(path: self.path)
        configuration.limits.maximumEvents = self.count + Self.writers
        return try await SQLiteOutbox.open(configuration, logger: Logger(label: "outbox-bench") { _ in SwiftLogNoOpLogHandler() })
    }

    private static func event(_ index: Int, subject: String) throws -> CloudEvent {
        let payload = "{\"id\":\"\(index)\",\"padding\":\"\(String(repeating: "x", count: 1_000))\"}"
        return try CloudEvent(
            id: .random(), source: EventSource.ca.rawValue, type: EventType.caStatusUpdate.rawValue, subject: subject, time: .now,
            dataContentType: .json, data: .json(Array(payload.utf8)[...]))
    }

    // MARK: Scenarios

    /// Appends 8 KiB and waits until they are on the disk.
    private func sync() throws -> Figures {
        let file = Glibc.open(self.path, O_CREAT | O_WRONLY, 0o600)
        guard file >= 0 else { throw Failure(description: "\(self.path) cannot be made") }
        defer { close(file) }
        let bytes = [UInt8](repeating: 0x55, count: 8_192)
        var figures = Figures()
        for _ in 0..<self.count {
            _ = write(file, bytes, bytes.count)
            let start = ContinuousClock.now
            guard fdatasync(file) == 0 else { throw Failure(description: "the disk cannot sync") }
            figures.latencies.append(.now - start)
        }
        return figures.ended()
    }

    /// Runs operations that do nothing, each between an intent and its event, in 64 tasks.
    private func operate(pause: Duration) async throws -> Figures {
        let outbox = try await self.open()
        var figures = Figures()
        let share = self.count / Self.writers
        figures.latencies = try await withThrowingTaskGroup(of: [Duration].self) { group in
            for writer in 0..<Self.writers {
                group.addTask {
                    var latencies: [Duration] = []
                    for index in 0..<share {
                        if pause > .zero { try await Task.sleep(for: pause * Double.random(in: 0.5...1.5)) }
                        let event = try Self.event(index, subject: "device/\(writer)-\(index)")
                        let start = ContinuousClock.now
                        let intent = OutboxIntent(id: event.id.rawValue, source: .ca, type: .caStatusUpdate, subject: .device("\(writer)"))
                        try await outbox.prepare(intent, isWriteAhead: true)
                        _ = try await outbox.complete(intent, with: OutboxSubmission(event))
                        latencies.append(.now - start)
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        return figures.ended()
    }

    /// Stores events in 64 tasks.
    private func enqueue() async throws -> Figures {
        let outbox = try await self.open()
        var figures = Figures()
        figures.latencies = try await self.fill(outbox) { "device/\($0)" }
        return figures.ended()
    }

    private func fill(_ outbox: SQLiteOutbox, subject: @escaping @Sendable (Int) -> String) async throws -> [Duration] {
        let share = self.count / Self.writers
        return try await withThrowingTaskGroup(of: [Duration].self) { group in
            for writer in 0..<Self.writers {
                group.addTask {
                    var latencies: [Duration] = []
                    for index in writer * share..<(writer + 1) * share {
                        let event = try Self.event(index, subject: subject(index))
                        let start = ContinuousClock.now
                        _ = try await outbox.enqueue(OutboxSubmission(event))
                        latencies.append(.now - start)
                    }
                    return latencies
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    /// Claims and confirms what waits, 500 events at a time.
    private func relay(perSubject: Int) async throws -> Figures {
        let outbox = try await self.open()
        _ = try await self.fill(outbox) { "device/\($0 / perSubject)" }
        var figures = Figures()
        while case let start = ContinuousClock.now, case let entries = try await outbox.claim(limit: 500, perSubject: 500), !entries.isEmpty
        {
            _ = try await outbox.settle(entries.map { .confirmed($0.number) })
            figures.latencies.append(.now - start)
        }
        return figures.ended()
    }
}
