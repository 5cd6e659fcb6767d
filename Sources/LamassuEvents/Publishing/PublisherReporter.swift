// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import CoreMetrics
internal import Logging

/// Tells observer, log and metrics what happened in a publisher.
struct PublisherReporter: Sendable {
    private let metrics = PublisherMetrics()
    private let logger: Logger
    private let notices: NoticeQueue<PublisherNotice>?

    init(observer: (any EventPublisherObserver)?, logger: Logger) {
        self.logger = logger
        self.notices = observer.map { observer in NoticeQueue { observer.receive($0) } }
    }

    /// Puts notices in line for the observer; called with the lock of the journal held, so that their order is that of what happened.
    func post(_ notices: [PublisherNotice]) {
        guard let queue = self.notices else { return }
        for notice in notices { queue.post(notice) }
    }

    /// Writes notices to log and metrics, and hands on what is in line; called with no lock held.
    func report(_ notices: [PublisherNotice]) {
        for notice in notices { self.record(notice) }
        self.notices?.deliver()
    }

    /// Writes to the metrics how much a store holds.
    func record(_ depth: OutboxDepth) {
        self.metrics.depth.record(depth.events)
        self.metrics.bytes.record(depth.bytes)
        self.metrics.parkedDepth.record(depth.parked)
        self.metrics.intents.record(depth.intents)
        let age = depth.oldest.map { Timestamp.now.secondsSinceEpoch - $0.secondsSinceEpoch } ?? 0
        self.metrics.age.record(max(0, age))
    }

    /// Counts an event that is longer than is advised.
    func overAdvisedSize() { self.metrics.oversized.increment() }

    private func record(_ notice: PublisherNotice) {
        switch notice {
        case .connected: self.logger.info("events go out to the broker")
        case .disconnected(let error, let delay):
            self.metrics.disconnected.increment()
            self.logger.warning(
                "no connection to the broker, events are kept", metadata: [LogKey.error: "\(error)", LogKey.delay: "\(delay)"])
        case .stored(let event):
            self.metrics.stored.increment()
            self.logger.debug("event stored", metadata: LogKey.event(event))
        case .confirmed(let event):
            self.metrics.confirmed.increment()
            self.logger.debug("event confirmed", metadata: LogKey.event(event))
        case .retrying(let event, let error, let delay):
            self.metrics.retried.increment()
            self.logger.info(
                "event not taken, it is sent again",
                metadata: LogKey.event(event).merging([LogKey.error: "\(error)", LogKey.delay: "\(delay)"]) { $1 })
        case .parked(let event, let error):
            self.metrics.parked.increment()
            self.logger.error("event parked", metadata: LogKey.event(event).merging([LogKey.error: "\(error)"]) { $1 })
        case .dropped(let event, let error):
            self.metrics.dropped.increment()
            self.logger.error("event dropped", metadata: LogKey.event(event).merging([LogKey.error: "\(error)"]) { $1 })
        case .refused(let error):
            self.metrics.refused.increment()
            self.logger.warning("operation refused, because its event could not be kept", metadata: [LogKey.error: "\(error)"])
        case .storeFailed(let error, let delay):
            self.metrics.storeFailed.increment()
            self.logger.error(
                "the store of events failed", metadata: [LogKey.error: "\(error)", LogKey.delay: "\(delay.map { "\($0)" } ?? "never")"])
        case .resolved(let intent, let happened):
            self.metrics.resolved.increment()
            self.logger.notice(
                happened
                    ? "an operation that a crash had left open has happened" : "an operation that a crash had left open did not happen",
                metadata: LogKey.event(EventSummary(intent)))
        case .unresolved(let intent, let error, let delay):
            self.logger.warning(
                "an operation that a crash had left open is not resolved, it is tried again",
                metadata: LogKey.event(EventSummary(intent)).merging([LogKey.error: "\(error)", LogKey.delay: "\(delay)"]) { $1 })
        }
    }
}

extension EventPublisherObserver {
    func receive(_ notice: PublisherNotice) {
        switch notice {
        case .connected: self.publisherConnected()
        case .disconnected(let error, let delay): self.publisherDisconnected(error, retryingAfter: delay)
        case .stored(let event): self.eventStored(event)
        case .confirmed(let event): self.eventConfirmed(event)
        case .retrying(let event, let error, let delay): self.eventRetrying(event, error: error, after: delay)
        case .parked(let event, let error): self.eventParked(event, error: error)
        case .dropped(let event, let error): self.eventDropped(event, error: error)
        case .refused: break
        case .storeFailed(let error, let delay): self.storeFailed(error, retryingAfter: delay)
        case .resolved(let intent, let happened): self.intentResolved(intent, happened: happened)
        case .unresolved(let intent, let error, let delay): self.intentUnresolved(intent, error: error, retryingAfter: delay)
        }
    }
}
