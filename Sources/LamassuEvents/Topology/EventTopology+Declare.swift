// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPClient

extension EventTopology {
    /// Sees to it that exchange, queues and binding are there.
    ///
    /// Looks first, and uses what exists. What does not is made, durable unless the topology says otherwise. Something that exists and differs
    /// in a way that loses events, such as a queue that is not durable or an exchange that is not a topic exchange, is an error. Arguments
    /// such as `x-queue-type` are the operator's affair and may differ. A user without the permission to configure can use what others have
    /// made.
    ///
    /// Publishers and consumers call it at each connect; a host may call it by itself, to set up a broker or to look before it starts.
    ///
    /// - Parameter connection: a connection to the broker.
    /// - Throws: ``LamassuEventsError/Code/topologyDiffers``, whose message names the difference; ``LamassuEventsError/Code/accessRefused``
    ///   when something does not exist and may not be made; ``LamassuEventsError/Code/connectionFailed``.
    public func declare(on connection: AMQPConnection) async throws(LamassuEventsError) {
        do {
            var foundExchange = true
            if let exchange { foundExchange = try await Self.ensureExchange(exchange, on: connection) }
            guard self.declaresQueues else { return }
            let foundQueue = try await Self.ensureQueue(self.queue, self.queueArguments, isDurable: self.isQueueDurable, on: connection)
            if let exchange { try await self.bind(to: exchange, mayBeBound: foundExchange && foundQueue, on: connection) }
            var deadLetterArguments: AMQPQueueArguments = [:]
            deadLetterArguments["x-queue-type"] = self.queueArguments["x-queue-type"]
            _ = try await Self.ensureQueue(self.deadLetterQueue, deadLetterArguments, isDurable: true, on: connection)
        } catch {
            throw LamassuEventsError(endOfScope: error)
        }
    }

    private static func ensureExchange(_ name: String, on connection: AMQPConnection) async throws -> Bool {
        try await self.ensure("exchange '\(name)'", on: connection) { channel, isPassive throws(AMQPError) in
            try await channel.declareExchange(name, type: .topic, passive: isPassive, durable: true)
        }
    }

    private static func ensureQueue(
        _ name: String, _ arguments: AMQPQueueArguments, isDurable: Bool, on connection: AMQPConnection
    ) async throws -> Bool {
        try await self.ensure("queue '\(name)'", on: connection) { channel, isPassive throws(AMQPError) in
            try await channel.declareQueue(name, passive: isPassive, durable: isDurable, arguments: arguments)
        }
    }

    /// Looks for one thing and makes it where it is not there; the broker closes the channel on each refusal, so each has its own.
    ///
    /// - Returns: whether it was there.
    private static func ensure(
        _ what: String, on connection: AMQPConnection,
        declare: (_ channel: AMQPChannel, _ isPassive: Bool) async throws(AMQPError) -> Void
    ) async throws -> Bool {
        do {
            try await connection.withChannel { channel in
                try await declare(channel, true)
                do throws(AMQPError) {
                    // It is there: to declare it changes nothing, and tells whether it is otherwise.
                    try await declare(channel, false)
                } catch {
                    switch error.code {
                    case .accessRefused: return
                    case .preconditionFailed where Self.isHarmless(error.message): return
                    default: throw Self.explained(what, error)
                    }
                }
            }
            return true
        } catch let error as AMQPError where error.code == .notFound {
            try await connection.withChannel { channel in
                do throws(AMQPError) {
                    try await declare(channel, false)
                } catch {
                    throw Self.explained(what, error)
                }
            }
            return false
        }
    }

    private func bind(to exchange: String, mayBeBound: Bool, on connection: AMQPConnection) async throws {
        try await connection.withChannel { channel in
            do throws(AMQPError) {
                for key in self.bindingKeys { try await channel.bindQueue(self.queue, to: exchange, routingKey: key) }
            } catch {
                // Whoever made the two has bound them; if not, the first publish comes back as unroutable.
                guard error.code == .accessRefused, mayBeBound else { throw error }
            }
        }
    }

    private static func explained(_ what: String, _ error: AMQPError) -> LamassuEventsError {
        switch error.code {
        case .preconditionFailed:
            LamassuEventsError(
                .topologyDiffers, message: "the \(what) exists and is otherwise: \(error.message); delete it, or name another one")
        case .accessRefused:
            LamassuEventsError(
                .accessRefused, message: "the \(what) does not exist, and the user may not make it: \(error.message)")
        default: LamassuEventsError(error)
        }
    }

    /// Whether the broker's text names an argument whose difference loses no event.
    ///
    /// RabbitMQ writes `inequivalent arg 'x-queue-type' for queue …`, and compares type, durability and the like before the arguments.
    package static func isHarmless(_ text: String) -> Bool {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].hasSuffix("inequivalent arg ") else { return false }
        return parts[1].hasPrefix("x-") || parts[1] == "alternate-exchange"
    }
}
