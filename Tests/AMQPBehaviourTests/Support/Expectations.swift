// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// A name that no other case uses.
func freshName(_ what: String) -> String { "test-\(what)-\(UInt64.random(in: .min ... .max))" }

/// The code of the error that an operation throws; `nil` when it throws none.
func errorCode<Result>(_ operation: () async throws -> Result) async -> AMQPError.Code? {
    do {
        _ = try await operation()
        return nil
    } catch {
        return (error as? AMQPError)?.code
    }
}

/// The error that an operation must throw.
func amqpError<Result>(
    sourceLocation: SourceLocation = #_sourceLocation, _ operation: () async throws -> Result
) async throws -> AMQPError {
    do {
        _ = try await operation()
    } catch let error as AMQPError {
        return error
    }
    throw NoError(description: "line \(sourceLocation.line): no error was thrown")
}

/// An operation that had to fail did not.
struct NoError: Error, CustomStringConvertible {
    var description: String
}

extension AMQPChannel {
    /// Takes so many deliveries of a queue, acknowledges them, and returns them.
    func take(_ count: Int, from queue: String) async throws -> [AMQPDelivery] {
        guard count > 0 else { return [] }
        return try await self.withDeliveries(from: queue, prefetch: 500) { deliveries in
            var taken: [AMQPDelivery] = []
            for try await delivery in deliveries {
                try delivery.ack()
                taken.append(delivery)
                if taken.count == count { break }
            }
            return taken
        }
    }

    /// Takes so many deliveries of a queue, acknowledges them, and returns their bodies.
    func drain(_ queue: String, count: Int) async throws -> [[UInt8]] {
        try await self.take(count, from: queue).map(\.body)
    }

    /// How many messages are in a queue, ready to be delivered.
    func depth(of queue: String) async throws -> Int {
        try await self.declareQueue(queue, passive: true).messageCount
    }
}

extension AMQPDeliveries.AsyncIterator {
    /// The next delivery; its absence is an error of the case.
    mutating func one(sourceLocation: SourceLocation = #_sourceLocation) async throws -> AMQPDelivery {
        let delivery = try await self.next(isolation: #isolation)
        return try #require(delivery, sourceLocation: sourceLocation)
    }
}
