// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

/// Starts whatever an inbox gives out, each in a task of its own, and settles it; the inbox bounds their number.
package struct EventWorker: Sendable {
    package let inbox: Inbox
    package let handler: any EventHandler
    package let handling: HandlingConfiguration
    package let store: (any ParkedStore)?
    /// Puts a parked event among the dead letters, and returns when it is safe there.
    package let deadLetterParked: @Sendable (ParkedDelivery, _ reason: String) async throws(LamassuEventsError) -> Void
    let attempts = AttemptCounts()

    package init(
        inbox: Inbox, handler: any EventHandler, handling: HandlingConfiguration, store: (any ParkedStore)?,
        deadLetterParked: @escaping @Sendable (ParkedDelivery, _ reason: String) async throws(LamassuEventsError) -> Void
    ) {
        self.inbox = inbox
        self.handler = handler
        self.handling = handling
        self.store = store
        self.deadLetterParked = deadLetterParked
    }

    /// Works until a drain of the inbox is complete; the time to drain begins when `stop` opens.
    ///
    /// Whoever shares a queue with other processes takes nothing from it before `loaded` opens: one that cannot have the store would keep
    /// it from the one that has. It opens when it is known what is parked, or when `stop` does before that.
    package func run(until stop: Latch, loaded: Latch = Latch()) async {
        await self.load(until: stop)
        loaded.open()
        await self.work(until: stop)
        await self.store?.release()
    }

    private func work(until stop: Latch) async {
        let isOverdue = Latch()
        var isEnding = false
        await withDiscardingTaskGroup { group in
            group.addTask {
                await stop.wait()
                try? await Task.sleep(for: self.handling.drainTimeout)
                isOverdue.open()
                self.inbox.wakeup.signal()
            }
            while true {
                switch self.inbox.next() {
                case .handle(let id, let event):
                    group.addTask { self.inbox.handled(id, await self.handler.handle(event)) }
                case .deadLetter(let id, let incoming, let reason):
                    group.addTask { await self.deadLetter(id, incoming, reason: reason) }
                case .park(let id, let incoming, let parking):
                    group.addTask { await self.park(id, incoming, parking) }
                case .resume(let lane):
                    group.addTask { await self.resume(lane) }
                case .wait(let deadline):
                    // Once: who does not heed the cancellation is waited for.
                    if isOverdue.isOpen, !isEnding {
                        isEnding = true
                        self.inbox.drainIsOverdue()
                        group.cancelAll()
                    }
                    await self.inbox.wakeup.wait(until: deadline)
                case .drained:
                    return group.cancelAll()
                }
            }
        }
    }

    /// Reads which lanes are parked, before anything is handled that might have to wait for them.
    private func load(until stop: Latch) async {
        guard let store else { return }
        var failures = 0
        while !stop.isOpen {
            do throws(LamassuEventsError) {
                for lane in try await store.lanes() {
                    self.inbox.foundParked(lane: lane.name, until: .now + self.delay(until: lane.nextAttempt))
                }
                return
            } catch {
                failures += 1
                let delay = self.handling.backoff.delay(afterFailures: failures)
                self.inbox.loadFailed(error, retryingAfter: delay)
                await stop.wait(for: delay)
            }
        }
    }

    private func deadLetter(_ id: Inbox.DeliveryID, _ incoming: IncomingEvent, reason: String) async {
        do throws(LamassuEventsError) {
            try await incoming.deadLetter(reason)
            self.inbox.deadLettered(id)
        } catch {
            self.inbox.deadLetterFailed(id, error)
        }
    }
}
