// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient

extension LamassuEventPublisher {
    /// Connects to the broker and publishes what is in the store, until it is cancelled.
    ///
    /// It connects again for ever, whatever the reason for which it lost or could not make the connection; the reason is in
    /// ``statistics`` and goes to the observer. A store that fails is tried again in the same way. Intents that a crash has left open are put
    /// to the ``IntentResolver`` meanwhile.
    ///
    /// When it is cancelled, it waits for ``EventPublisherConfiguration/drainTimeout`` at most and returns. With a durable store it waits for
    /// the confirms of what is on its way and leaves the rest to the next start; operations may go on. With a store in memory it takes no
    /// new operations, lets those go on that are under way, and publishes all that is there.
    ///
    /// - Throws: ``LamassuEventsError/Code/drainTimedOut`` when events are lost, each of which was logged; or, at once,
    ///   ``LamassuEventsError/Code/alreadyRan``.
    public func run() async throws(LamassuEventsError) {
        try self.runs.start()
        await withDrain {
            await self.work(until: $0)
        } onCancel: {
            self.journal.drainRequested()
            self.relay.drainRequested()
        }
        let unstored = await self.giveUpKeptAside()
        let lost = await self.store.close()
        self.journal.runEnded(losing: lost)
        let count = lost.count + unstored
        guard count == 0 else {
            throw LamassuEventsError(.drainTimedOut, message: "\(count) events were not confirmed by the broker and are lost")
        }
    }

    private func work(until stop: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await stop.wait()
                try? await Task.sleep(for: self.configuration.drainTimeout)
            }
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask { await self.resolveIntents() }
                    group.addTask { await self.retryKeptAside() }
                    await self.relayEvents()
                    group.cancelAll()
                }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func relayEvents() async {
        let isFinished = Latch()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.sessions(until: isFinished) }
            await self.relay.run()
            let isUp = self.relay.isUp
            isFinished.open()
            // A session closes in order; an attempt to connect is of no use any more.
            if !isUp { group.cancelAll() }
        }
    }

    private func sessions(until isFinished: Latch) async {
        var failures = 0
        while !Task.isCancelled, !isFinished.isOpen {
            let confirmed = self.statistics.confirmed
            guard let end = await self.session() else { return }
            // A session in which all was refused counts as a failure; one that was cut off does not.
            let wasUseful = end.wasOpen && (!end.isRefusal || self.statistics.confirmed > confirmed)
            failures = wasUseful ? 1 : failures + 1
            let delay = self.configuration.reconnectBackoff.delay(afterFailures: failures)
            guard !isFinished.isOpen else { return }
            self.journal.disconnected(end.error, retryingAfter: delay)
            await isFinished.wait(for: delay)
        }
    }

    /// How a session ended that the relay had not done with.
    private struct SessionEnd {
        var error: LamassuEventsError
        var isRefusal: Bool
        var wasOpen: Bool
    }

    private func session() async -> SessionEnd? {
        var opened: RelaySession?
        do {
            var broker = self.configuration.broker
            // Each session is a connection: what is lost with it is taken up by the loop that begins the next.
            broker.recovery = nil
            try await AMQPClient.withConnection(to: broker, over: self.transport, logger: self.logger) { connection in
                try await self.configuration.topology.declare(on: connection)
                try await connection.withChannel { channel in
                    let session = RelaySession(try await channel.publisher(window: max(1, self.configuration.window)))
                    opened = session
                    try await self.relay(over: session, connection)
                }
            }
            return nil
        } catch {
            let isRefusal = (error as? AMQPError)?.isRefusal ?? false
            return SessionEnd(error: LamassuEventsError(endOfScope: error), isRefusal: isRefusal, wasOpen: opened != nil)
        }
    }

    /// Lets events go out over a session until it is over.
    ///
    /// - Throws: what broke it; returns when the relay has done with it.
    private func relay(over session: RelaySession, _ connection: AMQPConnection) async throws(AMQPError) {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // With nothing in flight no publish would tell.
                guard let error = await connection.waitUntilEnded() else { return }
                self.relay.sessionBroke(session, error)
            }
            self.relay.sessionOpened(session)
            await session.isOver.wait()
            group.cancelAll()
        }
        if let error = session.error { throw error }
    }
}
