// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Logging
internal import Metrics

/// Tells observer, log and metrics what happened in an outbox.
struct PublisherReporter: Sendable {
    private let metrics = PublisherMetrics()
    private let logger: Logger
    private let notices: NoticeQueue<PublisherNotice>?

    init(observer: (any EventPublisherObserver)?, logger: Logger) {
        self.logger = logger
        self.notices = observer.map { observer in NoticeQueue { observer.receive($0) } }
    }

    /// Puts notices in line for the observer; called with the lock of the outbox held, so that their order is that of what happened.
    func post(_ notices: [PublisherNotice]) {
        guard let queue = self.notices else { return }
        for notice in notices { queue.post(notice) }
    }

    /// Writes notices to log and metrics, and hands on what is in line; called with no lock held.
    func report(_ notices: [PublisherNotice], depth: Int, bytes: Int) {
        for notice in notices { self.record(notice) }
        self.metrics.depth.record(depth)
        self.metrics.bytes.record(bytes)
        self.notices?.deliver()
    }

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
            self.logger.warning("operation refused for want of room for its event", metadata: [LogKey.error: "\(error)"])
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
        }
    }
}
