// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import CloudEvents
internal import Synchronization

extension EventConsumer {
    /// Connects to the broker and consumes, until it is cancelled.
    ///
    /// It connects again for ever, whatever the reason for which it lost or could not make the connection; the reason is in
    /// ``statistics`` and goes to the observer. When it is cancelled it starts no handler any more, and lets those that run end within
    /// ``HandlingConfiguration/drainTimeout``; then it cancels them, waits for them, and closes the connection. What
    /// is not acknowledged by then the broker delivers again, to this consumer's successor.
    ///
    /// - Throws: ``LamassuEventsError/Code/alreadyRan``.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        await withDrain {
            await self.relay(until: $0)
        } onCancel: {
            self.inbox.drainRequested()
        }
        self.inbox.close()
    }

    private var worker: EventWorker {
        EventWorker(inbox: self.inbox, handler: self.handler, handling: self.configuration.handling, store: self.parkedStore) {
            parked, reason throws(LamassuEventsError) in
            try await self.deadLetter(DeadLetter.message(of: parked, exchange: self.configuration.topology.exchange), reason: reason)
        }
    }

    private func relay(until stop: Latch) async {
        let (loaded, drained) = (Latch(), Latch())
        await withDiscardingTaskGroup { group in
            group.addTask { await self.sessions(until: stop, loaded, drained) }
            await self.worker.run(until: stop, loaded: loaded)
            drained.open()
            // An open session ends by itself, in order; an attempt to connect is of no use any more.
            if self.connection.withLock({ $0 == nil }) { group.cancelAll() }
        }
    }

    /// Keeps a session until the drain; one that was lost while draining is not replaced, because nothing can be acknowledged any more.
    private func sessions(until stop: Latch, _ loaded: Latch, _ drained: Latch) async {
        var failures = 0
        while !Task.isCancelled, !stop.isOpen {
            var wasOpen = false
            do {
                try await self.session(until: stop, loaded, drained) { wasOpen = true }
            } catch {
                failures = wasOpen ? 1 : failures + 1
                let delay = self.configuration.reconnectBackoff.delay(afterFailures: failures)
                self.inbox.sessionEnded(LamassuEventsError(endOfScope: error), retryingAfter: delay)
                await stop.wait(for: delay)
            }
        }
    }

    /// Consumes over one connection until the drain is complete, or throws what ended it.
    private func session(until stop: Latch, _ loaded: Latch, _ drained: Latch, onOpen: () -> Void) async throws {
        let topology = self.configuration.topology
        var broker = self.configuration.broker
        // Each session is a connection: what is lost with it is taken up by the loop that begins the next.
        broker.recovery = nil
        try await AMQPClient.withConnection(to: broker, over: self.transport, logger: self.logger) { connection in
            try await topology.declare(on: connection)
            // The queue keeps what comes. To consume would be to become the single active consumer, and to keep it from another process.
            await loaded.wait()
            guard !stop.isOpen else { return }
            try await connection.withChannel { channel in
                try await channel.withDeliveries(from: topology.queue, prefetch: self.configuration.handling.prefetch) { deliveries in
                    self.connection.withLock { $0 = connection }
                    defer { self.connection.withLock { $0 = nil } }
                    onOpen()
                    self.inbox.sessionOpened()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for try await delivery in deliveries { self.inbox.received(self.incoming(delivery)) }
                        }
                        group.addTask { await drained.wait() }
                        try await group.next()
                        group.cancelAll()
                    }
                }
            }
        }
    }

    /// A delivery as the inbox takes it.
    private func incoming(_ delivery: AMQPDelivery) -> IncomingEvent {
        let message = IncomingMessage(delivery)
        let content: Result<CloudEvent, LamassuEventsError>
        do throws(LamassuEventsError) {
            content = .success(try message.event(acceptsPlainJSON: self.configuration.acceptsPlainJSON))
        } catch {
            content = .failure(error)
        }
        return IncomingEvent(
            content, routingKey: message.routingKey, userID: message.properties.userID, isRedelivered: message.isRedelivered,
            deliveryCount: message.deliveryCount
        ) {
            // Where the channel has gone the broker delivers the message again, and the consumer knows it by its id.
            try? delivery.ack()
        } deadLetter: { reason throws(LamassuEventsError) in
            try await self.deadLetter(message, reason: reason)
        }
    }

    /// Sends a message to the dead-letter queue, over a channel of its own: should the broker refuse it, nothing else is closed.
    private func deadLetter(_ message: IncomingMessage, reason: String) async throws(LamassuEventsError) {
        let topology = self.configuration.topology
        do {
            guard let connection = self.connection.withLock({ $0 }) else {
                throw LamassuEventsError(.connectionFailed, message: "there is no connection to the broker")
            }
            try await connection.withChannel { channel in
                let publisher = try await channel.publisher(window: 1)
                try await publisher.publish(
                    message.body, properties: DeadLetter.properties(for: message, reason: reason, queue: topology.queue),
                    to: .queue(topology.deadLetterQueue), mandatory: true)
            }
        } catch {
            throw LamassuEventsError(endOfScope: error)
        }
    }
}
