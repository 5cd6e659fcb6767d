// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import CloudEvents

extension LamassuEventPublisher {
    /// Connects to the broker and publishes what is in the outbox, until it is cancelled.
    ///
    /// It connects again for ever, whatever the reason for which it lost or could not make the connection; the reason is in
    /// ``statistics`` and goes to the observer. When it is cancelled it takes no new operations, lets those go on that are under way, and
    /// publishes what is there for ``EventPublisherConfiguration/drainTimeout`` at most; then it closes the connection and returns.
    ///
    /// - Throws: ``LamassuEventsError/Code/drainTimedOut`` when events were left, each of which was logged; or, at once,
    ///   ``LamassuEventsError/Code/alreadyRan``.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        let stop = Latch()
        // A task of its own, because it is to outlive the cancellation of this one by the drain.
        let relay = Task { await self.relay(until: stop) }
        await withTaskCancellationHandler {
            await relay.value
        } onCancel: {
            self.outbox.drainRequested()
            stop.open()
        }
        let unconfirmed = self.outbox.close()
        guard unconfirmed == 0 else {
            throw LamassuEventsError(.drainTimedOut, message: "\(unconfirmed) events were not confirmed by the broker and are lost")
        }
    }

    private func relay(until stop: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sessions() }
            group.addTask {
                await stop.wait()
                // An attempt to connect is of no use where nothing is left to be sent.
                if self.outbox.isDrained, !self.outbox.statistics.isConnected { return }
                try? await Task.sleep(for: self.configuration.drainTimeout)
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func sessions() async {
        var generator = SystemRandomNumberGenerator()
        var failures = 0
        while !Task.isCancelled, !self.outbox.isDrained {
            let confirmed = self.outbox.statistics.confirmed
            guard let end = await self.session() else { continue }
            // A session in which all was refused counts as a failure; one that was cut off does not.
            let wasUseful = end.wasOpen && (!end.isRefusal || self.outbox.statistics.confirmed > confirmed)
            failures = wasUseful ? 1 : failures + 1
            let delay = self.configuration.reconnectBackoff.delay(afterFailures: failures, using: &generator)
            self.outbox.sessionEnded(end.error, isRefusal: end.isRefusal, retryingAfter: delay)
            await self.pause(for: delay)
        }
    }

    private func pause(for delay: Duration) async {
        let deadline = ContinuousClock.now + delay
        while ContinuousClock.now < deadline, !Task.isCancelled, !self.outbox.isDrained {
            await self.outbox.wakeup.wait(until: deadline)
        }
    }

    /// How a session ended that was not drained.
    private struct SessionEnd {
        var error: LamassuEventsError
        var isRefusal: Bool
        var wasOpen: Bool
    }

    private func session() async -> SessionEnd? {
        var wasOpen = false
        do {
            var broker = self.configuration.broker
            // Each session is a connection: what is lost with it is taken up by the loop that begins the next.
            broker.recovery = nil
            try await AMQPClient.withConnection(to: broker, over: self.transport, logger: self.logger) { connection in
                try await self.configuration.topology.declare(on: connection)
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher(window: max(1, self.configuration.window))
                    wasOpen = true
                    self.outbox.sessionOpened()
                    try await self.dispatch(to: publisher, over: connection)
                }
            }
            return nil
        } catch {
            let isRefusal = wasOpen && (error as? AMQPError)?.isRefusal == true
            return SessionEnd(error: LamassuEventsError(endOfScope: error), isRefusal: isRefusal, wasOpen: wasOpen)
        }
    }

    /// Publishes whatever the outbox gives out, each event in a task of its own; the window bounds their number.
    ///
    /// - Throws: what broke the session; returns when the outbox is drained.
    private func dispatch(to publisher: AMQPPublisher, over connection: AMQPConnection) async throws(AMQPError) {
        let failure = FirstError()
        let isDrained = await withDiscardingTaskGroup { group in
            group.addTask {
                // With nothing in flight no publish would tell.
                guard let error = await connection.waitUntilEnded() else { return }
                failure.set(error)
                self.outbox.sessionBroke()
            }
            while true {
                switch self.outbox.next() {
                case .publish(let id, let event):
                    group.addTask { await self.publish(id, event, to: publisher, failure) }
                case .wait(let deadline):
                    if Task.isCancelled {
                        failure.set(AMQPError(.cancelled, message: "the drain timeout is over"))
                        self.outbox.sessionBroke()
                    } else {
                        await self.outbox.wakeup.wait(until: deadline)
                    }
                case .endSession:
                    group.cancelAll()
                    return false
                case .drained:
                    group.cancelAll()
                    return true
                }
            }
        }
        guard isDrained else { throw failure.error ?? AMQPError(.connectionLost, message: "the session ended") }
    }

    private func publish(_ id: Outbox.EntryID, _ event: CloudEvent, to publisher: AMQPPublisher, _ failure: FirstError) async {
        do {
            let message = try EventMessage(event, self.configuration)
            try await publisher.publish(message.body, properties: message.properties, to: message.destination, mandatory: true)
            self.outbox.confirmed(id)
        } catch let error as AMQPError {
            switch error.code {
            case .returned, .nacked: self.outbox.failed(id, LamassuEventsError(error))
            case .invalidArgument: self.outbox.rejected(id, LamassuEventsError(error))
            default:
                failure.set(error)
                self.outbox.sessionBroke()
            }
        } catch {
            self.outbox.rejected(id, LamassuEventsError(endOfScope: error))
        }
    }
}
