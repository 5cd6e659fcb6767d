// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CoreMetrics
internal import Logging

/// Tells observer, log and metrics what happened in an inbox.
struct ConsumerReporter: Sendable {
    private let metrics = ConsumerMetrics()
    private let logger: Logger
    private let notices: NoticeQueue<ConsumerNotice>?

    init(observer: (any EventConsumerObserver)?, logger: Logger) {
        self.logger = logger
        self.notices = observer.map { observer in NoticeQueue { observer.receive($0) } }
    }

    /// Puts notices in line for the observer; called with the lock of the inbox held, so that their order is that of what happened.
    func post(_ notices: [ConsumerNotice]) {
        guard let queue = self.notices else { return }
        for notice in notices { queue.post(notice) }
    }

    /// Writes notices to log and metrics, and hands on what is in line; called with no lock held.
    func report(_ notices: [ConsumerNotice], held: Int) {
        for notice in notices { self.record(notice) }
        self.metrics.held.record(held)
        self.notices?.deliver()
    }

    private func record(_ notice: ConsumerNotice) {
        switch notice {
        case .connected: self.logger.info("events come in from the broker")
        case .disconnected(let error, let delay):
            self.metrics.disconnected.increment()
            self.logger.warning("no connection to the broker", metadata: [LogKey.error: "\(error)", LogKey.delay: "\(delay)"])
        case .received(let event, _):
            self.metrics.received.increment()
            self.logger.debug("event received", metadata: LogKey.event(event))
        case .done(let event, let isDuplicate):
            (isDuplicate ? self.metrics.duplicates : self.metrics.done).increment()
            self.logger.debug(isDuplicate ? "event was done before" : "event done", metadata: LogKey.event(event))
        case .filtered(let event):
            self.metrics.filtered.increment()
            self.logger.debug("event passed over, as the filter says", metadata: LogKey.event(event))
        case .parked(let event, let reason, let delay):
            self.metrics.parked.increment()
            self.logger.info(
                "event is parked",
                metadata: LogKey.event(event).merging([LogKey.reason: "\(reason)", LogKey.delay: "\(delay)"]) { $1 })
        case .superseded(let event):
            self.metrics.superseded.increment()
            self.logger.info("parked event removed, a later one supersedes it", metadata: LogKey.event(event))
        case .parkedStoreFailed(let error, let delay):
            self.metrics.parkedStoreFailed.increment()
            self.logger.warning("the store of parked events failed", metadata: [LogKey.error: "\(error)", LogKey.delay: "\(delay)"])
        case .retrying(let event, let reason, let delay):
            self.metrics.retried.increment()
            self.logger.info(
                "event is handled again",
                metadata: LogKey.event(event).merging([LogKey.reason: "\(reason)", LogKey.delay: "\(delay)"]) { $1 })
        case .deadLettered(let event, let reason):
            self.metrics.deadLettered.increment()
            self.logger.warning(
                "message moved to the dead-letter queue",
                metadata: (event.map(LogKey.event) ?? [:]).merging([LogKey.reason: "\(reason)"]) { $1 })
        case .deadLetterFailed(let event, let error, let delay):
            self.metrics.retried.increment()
            self.logger.warning(
                "message could not be moved to the dead-letter queue, it is tried again",
                metadata: (event.map(LogKey.event) ?? [:]).merging([LogKey.error: "\(error)", LogKey.delay: "\(delay)"]) { $1 })
        }
    }
}

extension EventConsumerObserver {
    func receive(_ notice: ConsumerNotice) {
        switch notice {
        case .connected: self.consumerConnected()
        case .disconnected(let error, let delay): self.consumerDisconnected(error, retryingAfter: delay)
        case .received(let event, let isRedelivered): self.eventReceived(event, isRedelivered: isRedelivered)
        case .done(let event, let isDuplicate): self.eventDone(event, isDuplicate: isDuplicate)
        case .filtered: break
        case .parked(let event, let reason, let delay): self.eventParked(event, reason: reason, after: delay)
        case .superseded(let event): self.eventSuperseded(event)
        case .parkedStoreFailed(let error, let delay): self.parkedStoreFailed(error, retryingAfter: delay)
        case .retrying(let event, let reason, let delay): self.eventRetrying(event, reason: reason, after: delay)
        case .deadLettered(let event, let reason): self.messageDeadLettered(event, reason: reason)
        case .deadLetterFailed(let event, let error, let delay):
            guard let event else { return }
            self.eventRetrying(event, reason: "the dead-letter queue did not take it: \(error)", after: delay)
        }
    }
}
