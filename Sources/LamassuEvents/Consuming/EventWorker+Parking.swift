// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

extension EventWorker {
    /// How many parked events of a lane are looked at for one that supersedes them.
    private static let supersedingLimit = 1_000
    /// As how many failures one of the store counts, whose own are not counted.
    private static let failuresOfStore = 5

    /// Puts a delivery into the store, unless it supersedes all that its lane has there.
    func park(_ id: Inbox.DeliveryID, _ incoming: IncomingEvent, _ parking: Inbox.Parking) async {
        guard let store, case .success(let event) = incoming.content else {
            return self.inbox.parkFailed(id, LamassuEventsError(.storeFailed, message: "there is no store"))
        }
        do throws(LamassuEventsError) {
            // One that was tried has nothing parked before it.
            if parking.attempts == 0, try await self.supersede(id, event, in: store) { return }
            try await store.park(
                ParkedDelivery(
                    id: .random(), lane: event.lane, event: event, userID: incoming.userID, routingKey: incoming.routingKey,
                    parkedAt: .now, firstAttemptAt: parking.attempts > 0 ? .now : nil, attempts: parking.attempts, interruptions: 0,
                    reason: parking.reason,
                    nextAttempt: .now.advanced(by: max(.zero, parking.nextAttempt - .now))))
            self.inbox.parked(id, parking)
        } catch {
            self.inbox.parkFailed(id, error)
        }
    }

    /// Removes what the event supersedes; returns whether that was all its lane had, so that it is handled at once.
    private func supersede(
        _ id: Inbox.DeliveryID, _ event: CloudEvent, in store: any ParkedStore
    ) async throws(LamassuEventsError) -> Bool {
        let parked = try await store.list(lane: event.lane, limit: Self.supersedingLimit)
        let superseded = parked.filter { self.handler.supersedes(event, $0.event) }
        guard !superseded.isEmpty else { return false }
        for delivery in superseded { try await store.remove(delivery.id) }
        let isAlone = superseded.count == parked.count && parked.count < Self.supersedingLimit
        if isAlone { self.attempts.forget(event.lane) }
        self.inbox.superseded(superseded.map(\.summary), by: id, isAlone: isAlone)
        return isAlone
    }

    /// Handles the first parked event of a lane.
    func resume(_ lane: String) async {
        guard let store else { return self.inbox.resumed(lane, nil, next: nil) }
        do throws(LamassuEventsError) {
            guard var delivery = try await store.list(lane: lane, limit: 1).first else {
                self.attempts.forget(lane)
                return self.inbox.resumed(lane, nil, next: nil)
            }
            self.attempts.correct(&delivery)
            let outcome = try await self.attempt(&delivery, in: store)
            switch outcome {
            case .retry(let reason, let delay):
                let now = ContinuousClock.now
                let deadline = now + (delay ?? self.backoff(after: delivery.attempts))
                delivery.reason = reason
                delivery.nextAttempt = .now.advanced(by: deadline - now)
                try await store.update(delivery)
                self.attempts.forget(lane)
                self.inbox.resumed(lane, .retry(delivery.summary, reason: reason, after: deadline - now), next: deadline)
            case .done:
                try await store.remove(delivery.id)
                self.attempts.forget(lane)
                self.inbox.resumed(lane, .done(delivery.summary), next: await self.next(of: lane, in: store))
            case .deadLetter(let reason):
                try await self.deadLetterParked(delivery, reason)
                try await store.remove(delivery.id)
                self.attempts.forget(lane)
                self.inbox.resumed(lane, .deadLetter(delivery.summary, reason: reason), next: await self.next(of: lane, in: store))
            }
        } catch {
            let delay = self.backoff(after: Self.failuresOfStore)
            self.inbox.resumed(lane, .failed(error, retryingAfter: delay), next: .now + delay)
        }
    }

    /// Makes one attempt, which stands in the store before it begins, so that one that ends the process is known.
    private func attempt(_ delivery: inout ParkedDelivery, in store: any ParkedStore) async throws(LamassuEventsError) -> EventOutcome {
        if let limit = self.handling.maximumDeliveries, delivery.interruptions >= limit {
            return .deadLetter(reason: "\(delivery.interruptions) attempts ended with the process")
        }
        let firstAttempt = delivery.firstAttemptAt ?? .now
        delivery.firstAttemptAt = firstAttempt
        // The attempt stays in the store as one that has not ended where the store does not take what became of it.
        self.attempts.keep(delivery)
        delivery.interruptions += 1
        try await store.update(delivery)
        let outcome = await self.handler.handle(
            ReceivedEvent(
                delivery.event, attempt: delivery.attempts + 1, isRedelivered: true, userID: delivery.userID,
                routingKey: delivery.routingKey))
        delivery.interruptions -= 1
        guard case .retry(let reason, _) = outcome else { return outcome }
        delivery.attempts += 1
        self.attempts.keep(delivery)
        let age = Timestamp.now.duration(since: firstAttempt)
        guard self.handling.retryBudget.isSpent(attempts: delivery.attempts, age: age) else { return outcome }
        return .deadLetter(reason: RetryBudget.reason(attempts: delivery.attempts, reason))
    }

    /// When the first event of the lane is due that is left; where the store cannot say, the lane is looked at again soon.
    private func next(of lane: String, in store: any ParkedStore) async -> ContinuousClock.Instant? {
        do throws(LamassuEventsError) {
            guard let next = try await store.list(lane: lane, limit: 1).first else { return nil }
            return .now + self.delay(until: next.nextAttempt)
        } catch {
            return .now + self.backoff(after: Self.failuresOfStore)
        }
    }

    /// How long to wait for a time of the store; not longer than the backoff, so that a clock that was set back makes nothing wait for ever.
    func delay(until time: Timestamp) -> Duration {
        min(max(.zero, time.duration(since: .now)), self.handling.backoff.maximum)
    }

    private func backoff(after failures: Int) -> Duration {
        return self.handling.backoff.delay(afterFailures: failures)
    }
}
