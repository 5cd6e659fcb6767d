// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import LamassuEvents
import Synchronization
import TestSupport

/// Does one operation after the other.
struct Worker: Sendable {
    private let index: Int
    private let service: Service
    private var generator: SeededGenerator
    private var number = 0

    init(index: Int, service: Service, generator: SeededGenerator) {
        self.index = index
        self.service = service
        self.generator = generator
    }

    /// Does an operation of any kind; one in ten fails on purpose.
    mutating func work() async {
        let operation = self.next()
        do {
            try await self.service.perform(operation)
            self.service.tally.succeed()
            // What the store did not take yet is in memory, and in flight: another death loses it at the third level.
            let keptAside = self.service.events.statistics.keptAside
            self.service.journal.append(keptAside == 0 ? "returned \(operation.name)" : "aside \(keptAside)")
        } catch is Operation.DeliberateFailure {
            self.service.tally.fail("on purpose")
        } catch {
            self.service.tally.fail("\((error as? LamassuEventsError)?.code.description ?? "\(error)")")
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    private mutating func next() -> Operation {
        self.number += 1
        let name = "\(self.service.process)-\(getpid())-\(self.index)-\(self.number)"
        // One payload in two hundred is over the advice of 64 KiB.
        let isLarge = Int.random(in: 0..<200, using: &self.generator) == 0
        let size = isLarge ? 100_000 : Int.random(in: 10..<2_000, using: &self.generator)
        let levels: [DeliveryLevel] = [.transactional, .transactional, .writeAhead, .writeAhead, .afterTheFact]
        var level = levels.randomElement(using: &self.generator) ?? .transactional
        if level == .writeAhead, !self.service.isResolved.load(ordering: .acquiring) { level = .transactional }
        return Operation(
            name: name, text: String(repeating: name, count: size / name.utf8.count + 1), level: level, subject: self.subject(for: level),
            fails: Int.random(in: 0..<10, using: &self.generator) == 0)
    }

    /// Something to do an operation on: of level 1, what every process with this database has, otherwise what this worker alone has,
    /// because it reads a thing before the transaction in which it writes it.
    private mutating func subject(for level: DeliveryLevel) -> EventSubject {
        let number = Int.random(in: 0..<5, using: &self.generator)
        return switch level {
        case .transactional: .ca("\(self.service.databaseName)-\(self.index)-\(number)")
        case .writeAhead: .device("\(self.service.process)-\(self.index)-\(number)")
        default: .certificate("\(self.service.process)-\(self.index)-\(number)")
        }
    }
}
