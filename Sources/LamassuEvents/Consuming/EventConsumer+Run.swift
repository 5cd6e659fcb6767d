// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import Synchronization

extension EventConsumer {
    /// Connects to the broker and consumes, until it is cancelled.
    ///
    /// It connects again for ever, whatever the reason for which it lost or could not make the connection; the reason is in
    /// ``statistics`` and goes to the observer. When it is cancelled it starts no handler any more, and lets those that run end within
    /// ``EventConsumerConfiguration/drainTimeout``; then it cancels them, waits for them, and closes the connection. What
    /// is not acknowledged by then the broker delivers again, to this consumer's successor.
    ///
    /// - Throws: ``LamassuEventsError/Code/alreadyRan``.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        let stop = Latch()
        // A task of its own, because it is to outlive the cancellation of this one by the drain.
        let relay = Task { await self.relay(until: stop) }
        await withTaskCancellationHandler {
            await relay.value
        } onCancel: {
            self.inbox.drainRequested()
            stop.open()
        }
        self.inbox.close()
    }

    private func relay(until stop: Latch) async {
        let drained = Latch()
        await withDiscardingTaskGroup { group in
            group.addTask { await self.sessions(until: stop, drained) }
            await self.work(until: stop)
            drained.open()
            // An open session ends by itself, in order; an attempt to connect is of no use any more.
            if self.connection.withLock({ $0 == nil }) { group.cancelAll() }
        }
    }

    /// Starts whatever the inbox gives out, each in a task of its own, until the drain is complete; the inbox bounds their number.
    private func work(until stop: Latch) async {
        let isOverdue = Latch()
        await withDiscardingTaskGroup { group in
            group.addTask {
                await stop.wait()
                try? await Task.sleep(for: self.configuration.drainTimeout)
                isOverdue.open()
                self.inbox.wakeup.signal()
            }
            while true {
                switch self.inbox.next() {
                case .handle(let id, let event):
                    group.addTask { self.inbox.handled(id, await self.handler.handle(event)) }
                case .deadLetter(let id, let message, let reason):
                    group.addTask { await self.deadLetter(id, message, reason: reason) }
                case .wait(let deadline):
                    if isOverdue.isOpen { group.cancelAll() }
                    await self.inbox.wakeup.wait(until: deadline)
                case .drained:
                    return group.cancelAll()
                }
            }
        }
    }

    /// Keeps a session until the drain; one that was lost while draining is not replaced, because nothing can be acknowledged any more.
    private func sessions(until stop: Latch, _ drained: Latch) async {
        var generator = SystemRandomNumberGenerator()
        var failures = 0
        while !Task.isCancelled, !stop.isOpen {
            var wasOpen = false
            do {
                try await self.session(until: drained) { wasOpen = true }
            } catch {
                failures = wasOpen ? 1 : failures + 1
                let delay = self.configuration.reconnectBackoff.delay(afterFailures: failures, using: &generator)
                self.inbox.sessionEnded(LamassuEventsError(endOfScope: error), retryingAfter: delay)
                await stop.wait(for: delay)
            }
        }
    }

    /// Consumes over one connection until the drain is complete, or throws what ended it.
    private func session(until drained: Latch, onOpen: () -> Void) async throws {
        let topology = self.configuration.topology
        var broker = self.configuration.broker
        // Each session is a connection: what is lost with it is taken up by the loop that begins the next.
        broker.recovery = nil
        try await AMQPClient.withConnection(to: broker, over: self.transport, logger: self.logger) { connection in
            try await topology.declare(on: connection)
            try await connection.withChannel { channel in
                try await channel.withDeliveries(from: topology.queue, prefetch: self.configuration.prefetch) { deliveries in
                    self.connection.withLock { $0 = connection }
                    defer { self.connection.withLock { $0 = nil } }
                    onOpen()
                    self.inbox.sessionOpened()
                    try await withThrowingTaskGroup(of: Void.self) { group in
                        group.addTask {
                            for try await delivery in deliveries { self.inbox.received(IncomingMessage(delivery)) }
                        }
                        group.addTask { await drained.wait() }
                        try await group.next()
                        group.cancelAll()
                    }
                }
            }
        }
    }

    /// Sends a message to the dead-letter queue, over a channel of its own: should the broker refuse it, nothing else is closed.
    private func deadLetter(_ id: Inbox.DeliveryID, _ message: IncomingMessage, reason: String) async {
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
            self.inbox.deadLettered(id)
        } catch {
            self.inbox.deadLetterFailed(id, LamassuEventsError(endOfScope: error))
        }
    }
}
