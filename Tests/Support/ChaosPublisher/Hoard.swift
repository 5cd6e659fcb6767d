// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import SQLiteOutbox
import TestSupport

/// Stores events while there is no broker, then sends them, and says how much memory that took.
struct Hoard: Sendable {
    let service: Service
    let count: Int

    func run() async throws {
        try await self.service.whileRelaying {
            // What is made once is there before anything is measured.
            try await self.publish(0..<1_000)
            let before = try ProcessCensus.resetPeakMemory()
            try await self.publish(1_000..<self.count)
            self.service.journal.append("stored \(try ProcessCensus.peakMemoryKiB() - before)")
            let deadline = ContinuousClock.now + .seconds(600)
            while try await self.service.outbox.depth().events > 0, ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
            self.service.journal.append("sent \(try ProcessCensus.peakMemoryKiB() - before)")
        }
    }

    private func publish(_ numbers: Range<Int>) async throws {
        let writers = 64
        try await withThrowingTaskGroup { group in
            for writer in 0..<writers {
                group.addTask {
                    for number in stride(from: numbers.lowerBound + writer, to: numbers.upperBound, by: writers) {
                        let thing = Thing(operation: "\(number)", version: number, text: String(repeating: "x", count: 512))
                        _ = try await self.service.events.publishing(.deviceMetadataUpdate, subject: .device("\(number % 10_000)")) {
                            thing
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
