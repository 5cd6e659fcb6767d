// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import JSONCoding

// How an operation and its event get into the store, and what happens when that fails.
extension LamassuEventPublisher {
    /// Throws ``LamassuEventsError/Code/levelUnavailable`` where store and resolver cannot keep what a level promises.
    func check(_ level: DeliveryLevel) throws(LamassuEventsError) {
        guard level != .afterTheFact else { return }
        guard self.store.isDurable else {
            throw LamassuEventsError(.levelUnavailable, message: "\(level) needs a durable store: give the publisher one")
        }
        // An intent that nobody could ever resolve would stay for good.
        guard level == .transactional || self.resolver != nil else {
            throw LamassuEventsError(.levelUnavailable, message: "\(level) needs an IntentResolver: give the publisher one")
        }
    }

    /// Makes room for the event of an operation, and writes its intent down where the level asks for it.
    ///
    /// - Throws: why the operation must not run.
    func prepare(_ intent: OutboxIntent, isWriteAhead: Bool) async throws(LamassuEventsError) {
        try self.journal.began(intent.id, isWriteAhead: isWriteAhead)
        // The relay renews the leases of intents.
        if isWriteAhead, let leaseDuration = self.store.leaseDuration, self.journal.armRenewal(within: leaseDuration / 3) {
            self.relay.wake()
        }
        do throws(LamassuEventsError) {
            try await self.store.prepare(intent, isWriteAhead: isWriteAhead)
        } catch {
            let mayProceed = self.configuration.storeFailurePolicy.kind == .proceed && error.code != .outboxFull && error.code != .closed
            guard !mayProceed else { return self.journal.storeFailed(error, retryingAfter: nil) }
            if self.journal.ended(intent.id, isWriteAhead: isWriteAhead) { self.relay.stored() }
            self.journal.refused(error)
            throw error
        }
    }

    /// Tells the store what became of an operation; where it fails, that is kept in memory and told again.
    ///
    /// Cancelling the task does not undo it: a call of a store takes effect once it has begun.
    func settle(_ item: KeptAside.Item) async {
        // What waits in memory keeps its place before later events of its subject.
        if let lane = item.lane, self.keptAside.holds(lane) {
            return await self.keepAside(item, because: LamassuEventsError(.dropped, message: "too many events wait for a store that fails"))
        }
        do throws(LamassuEventsError) {
            try await self.tell(item)
        } catch {
            self.journal.storeFailed(error, retryingAfter: error.code == .closed ? nil : Self.storeBackoff.initial)
            await self.keepAside(item, because: error)
        }
    }

    static let storeBackoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5))

    private func tell(_ item: KeptAside.Item) async throws(LamassuEventsError) {
        switch item {
        case .complete(let intent, let submission, let isWriteAhead):
            let dropped = try await self.store.complete(intent, with: submission)
            self.stored(submission, dropped: dropped, isWriteAhead: isWriteAhead)
        case .abandon(let intent, let isWriteAhead):
            try await self.store.abandon(intent)
            if self.journal.ended(intent.id, isWriteAhead: isWriteAhead) { self.relay.stored() }
        }
    }

    /// An event is in the store.
    func stored(_ submission: OutboxSubmission, dropped: [EventSummary], isWriteAhead: Bool = false) {
        // First the relay: a drain that no longer sees the operation has to see its event.
        self.relay.stored()
        if self.journal.stored(submission, dropped: dropped, isWriteAhead: isWriteAhead) { self.relay.wake() }
    }

    private func keepAside(_ item: KeptAside.Item, because error: LamassuEventsError) async {
        guard error.code != .closed, self.keptAside.append(item) else { return await self.lose(item, error) }
    }

    private func lose(_ item: KeptAside.Item, _ error: LamassuEventsError) async {
        switch item {
        case .complete(let intent, let submission, let isWriteAhead):
            // Room that no event will take. A written intent stays: it is put to the resolver at the next start.
            if !isWriteAhead { try? await self.store.abandon(intent) }
            self.journal.dropped([submission.summary], error)
            if self.journal.ended(intent.id, isWriteAhead: isWriteAhead) { self.relay.wake() }
        case .abandon(let intent, let isWriteAhead):
            // A written intent is put to the resolver at the next start.
            if self.journal.ended(intent.id, isWriteAhead: isWriteAhead) { self.relay.wake() }
        }
    }

    /// Tells the store what it could not take before, until the task is cancelled.
    func retryKeptAside() async {
        var failures = 1
        var delay = Self.storeBackoff.initial
        while !Task.isCancelled {
            guard let item = self.keptAside.first else {
                await self.keptAside.wakeup.wait(until: nil)
                continue
            }
            guard (try? await Task.sleep(for: delay)) != nil else { return }
            do throws(LamassuEventsError) {
                try await self.tell(item)
                (failures, delay) = (1, .zero)
                self.keptAside.removeFirst()
                // The last one may be what a drain waits for.
                self.relay.wake()
            } catch {
                failures += 1
                delay = Self.storeBackoff.delay(afterFailures: failures)
                self.journal.storeFailed(error, retryingAfter: delay)
            }
        }
    }

    /// Keeps nothing aside any more.
    ///
    /// - Returns: how many events are lost.
    func giveUpKeptAside() async -> Int {
        let items = self.keptAside.close()
        for item in items {
            await self.lose(item, LamassuEventsError(.drainTimedOut, message: "the publisher ended before the store took the event"))
        }
        return items.count { $0.lane != nil }
    }

    // MARK: Events

    /// Makes an event, whatever its size, with all that its payload holds.
    func makeEvent(
        _ id: String, _ type: EventType, _ subject: EventSubject, source: EventSource? = nil, _ context: EventContext,
        time: Timestamp = .now, payload: some JSONEncodable
    ) throws(LamassuEventsError) -> CloudEvent {
        var event: CloudEvent
        do throws(CloudEventError) {
            event = try CloudEvent(
                id: CloudEvent.ID(rawValue: id), source: (source ?? context.source ?? self.configuration.source).rawValue,
                type: type.rawValue, subject: subject.description, time: time, dataContentType: .json,
                dataSchema: type.definition?.dataSchema, data: EventData(payload: payload))
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "\(type) cannot be written as an event: \(error)")
        }
        context.write(to: &event)
        return event
    }

    /// The thing before an operation as it is written down with the intent, redacted; `nil` where it has no form in which it could be.
    func written(_ previous: some JSONEncodable, of type: EventType) -> [UInt8]? {
        // The event of the operation fails for the same reason, which is told there.
        guard let bytes = try? JSONWriter.encode(previous) else { return nil }
        return (try? self.configuration.redaction.redacted(payload: bytes[...], of: type.rawValue)).map { Array($0) }
    }

    /// What is given to the store for an operation: its event, or why there can be none.
    func submission(
        _ id: String, _ type: EventType, _ subject: EventSubject, source: EventSource, _ context: EventContext, time: Timestamp = .now,
        payload: some JSONEncodable
    ) -> OutboxSubmission {
        do throws(LamassuEventsError) {
            return self.submission(try self.makeEvent(id, type, subject, source: source, context, time: time, payload: payload))
        } catch {
            let summary = EventSummary(id: id, source: source, type: type, subject: subject.description)
            return OutboxSubmission(summary, error: error)
        }
    }

    /// What is given to the store for an event: redacted, to be sent, or to be parked where it is over a limit.
    func submission(_ event: CloudEvent) -> OutboxSubmission {
        do throws(LamassuEventsError) {
            let event = try self.configuration.redaction.redacted(event)
            if let error = self.excess(of: event) { return OutboxSubmission(EventSummary(event), event: event, error: error) }
            self.warnIfLarge(event)
            return OutboxSubmission(event)
        } catch {
            // What could not be looked through is not stored.
            return OutboxSubmission(EventSummary(event), error: error)
        }
    }

    /// Why an event is over a limit; `nil` where it is within all.
    func excess(of event: CloudEvent) -> LamassuEventsError? {
        // A routing key is a short string (AMQP 0-9-1, section 4.2.5.3).
        if event.type.utf8.count > 255 {
            return LamassuEventsError(.attributeTooLong, message: "a type of \(event.type.utf8.count) bytes, 255 are allowed")
        }
        if let bytes = event.subject?.utf8.count, bytes > self.configuration.maximumSubjectBytes {
            return LamassuEventsError(
                .attributeTooLong,
                message: "a subject of \(bytes) bytes, \(self.configuration.maximumSubjectBytes) are allowed: raise maximumSubjectBytes")
        }
        let bytes = event.dataBytes
        guard bytes > self.configuration.maximumEventBytes else { return nil }
        return LamassuEventsError(
            .eventTooLarge,
            message: "a payload of \(bytes) bytes, \(self.configuration.maximumEventBytes) are allowed: raise maximumEventBytes")
    }
}
