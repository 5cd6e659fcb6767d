// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import LamassuEvents

extension TestBroker {
    /// Exchange and queues that no other test uses.
    static func freshTopology() -> EventTopology {
        let name = self.freshName("events")
        return EventTopology(exchange: name, queue: "\(name).queue", deadLetterQueue: "\(name).dead-letter")
    }

    /// The name of the user with all rights.
    static var user: String {
        get throws {
            try self.configuration().credentials.username ?? ""
        }
    }

    /// The same broker for another user.
    static func configuration(user: String, password: String) throws -> AMQPConfiguration {
        var configuration = try self.configuration()
        configuration.credentials = .plain(username: user, password: password)
        return configuration
    }

    static func declare(_ topology: EventTopology, as configuration: AMQPConfiguration? = nil) async throws {
        try await self.withConnection(configuration) { connection in try await topology.declare(on: connection) }
    }

    static func remove(_ topology: EventTopology) async throws {
        try await self.withChannel { channel in
            try await channel.deleteQueue(topology.queue)
            try await channel.deleteQueue(topology.deadLetterQueue)
            if let exchange = topology.exchange { try await channel.deleteExchange(exchange) }
        }
    }

    /// Takes a number of messages from a queue, acknowledged.
    static func take(_ count: Int, from queue: String) async throws -> [AMQPDelivery] {
        try await self.withChannel { channel in
            try await channel.withDeliveries(from: queue, prefetch: 1_000) { deliveries in
                var taken: [AMQPDelivery] = []
                for try await delivery in deliveries {
                    try delivery.ack()
                    taken.append(delivery)
                    if taken.count == count { break }
                }
                return taken
            }
        }
    }

    /// How many messages lie in a queue, ready to be delivered.
    static func depth(of queue: String) async throws -> Int {
        try await self.withChannel { channel in try await channel.declareQueue(queue, passive: true).messageCount }
    }
}
