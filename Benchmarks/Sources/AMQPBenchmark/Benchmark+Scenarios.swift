// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient

extension Benchmark {
    /// Persistent messages in batches, as many at a time as the window has room for.
    func publishBatches() async throws -> Measurement {
        try await self.withChannel { channel in
            try await channel.declareQueue(self.queue, durable: true)
            let publisher = try await channel.publisher(window: Self.window)
            let message = AMQPMessage(self.body, properties: self.properties(.persistent), to: .queue(self.queue))
            let batch = Array(repeating: message, count: Self.batch)
            var measurement = Measurement()
            try await withThrowingTaskGroup(of: Void.self) { group in
                let tasks = Self.window / Self.batch
                for task in 0..<tasks {
                    let share = self.count / tasks + (task < self.count % tasks ? 1 : 0)
                    group.addTask {
                        for _ in 0..<share / Self.batch { try await publisher.publish(contentsOf: batch) }
                        try await publisher.publish(contentsOf: Array(batch.prefix(share % Self.batch)))
                    }
                }
                try await group.waitForAll()
            }
            measurement.finish()
            return measurement
        }
    }

    /// Transient messages without confirms; the time ends when the connection is closed.
    func publishUnconfirmed() async throws -> Measurement {
        var measurement = try await self.withChannel { channel in
            try await channel.declareQueue(self.queue, durable: true)
            let properties = self.properties(.transient)
            let measurement = Measurement()
            for _ in 0..<self.count { try await channel.publish(self.body, properties: properties, to: .queue(self.queue)) }
            return measurement
        }
        measurement.finish()
        return measurement
    }

    /// Persistent messages, each published and confirmed on its own, by as many tasks as the window has room for.
    func publishSingles() async throws -> Measurement {
        try await self.withChannel { channel in
            try await channel.declareQueue(self.queue, durable: true)
            let publisher = try await channel.publisher(window: Self.window)
            let properties = self.properties(.persistent)
            var measurement = Measurement()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<Self.window {
                    let share = self.count / Self.window + (task < self.count % Self.window ? 1 : 0)
                    group.addTask {
                        for _ in 0..<share { try await publisher.publish(self.body, properties: properties, to: .queue(self.queue)) }
                    }
                }
                try await group.waitForAll()
            }
            measurement.finish()
            return measurement
        }
    }

    /// All that is ready in the queue, acknowledged 100 at a time; the time ends when the connection is closed.
    func consume() async throws -> Measurement {
        var (measurement, bytes) = try await self.withChannel { channel in
            let measurement = Measurement()
            let bytes = try await channel.withDeliveries(from: self.queue, prefetch: Self.prefetch) { deliveries in
                var (received, bytes) = (0, 0)
                for try await delivery in deliveries {
                    received += 1
                    bytes += delivery.body.count
                    if received % Self.acknowledgedTogether == 0 || received == self.count { try delivery.ack(multiple: true) }
                    if received == self.count { break }
                }
                return bytes
            }
            return (measurement, bytes)
        }
        measurement.finish()
        guard bytes == self.count * self.body.count else { throw Failure(description: "\(bytes) bytes came") }
        return measurement
    }

    /// One transient message at a time, each confirmed before the next.
    func roundTrip() async throws -> Measurement {
        try await self.withChannel { channel in
            try await channel.declareQueue(self.queue, durable: true)
            let publisher = try await channel.publisher(window: Self.window)
            let properties = self.properties(.transient)
            var measurement = Measurement()
            var latencies: [Double] = []
            latencies.reserveCapacity(self.count)
            for _ in 0..<self.count {
                let start = ContinuousClock.now
                try await publisher.publish(self.body, properties: properties, to: .queue(self.queue))
                latencies.append(microseconds(since: start))
            }
            measurement.finish()
            measurement.latencies = latencies
            return measurement
        }
    }

    /// TCP, handshake, channel, channel close, connection close.
    func connect() async throws -> Measurement {
        var measurement = Measurement()
        var latencies: [Double] = []
        for _ in 0..<self.count {
            let start = ContinuousClock.now
            try await self.withChannel { _ in }
            latencies.append(microseconds(since: start))
        }
        measurement.finish()
        measurement.latencies = latencies
        return measurement
    }

    /// Why a run has no figures.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }
}
