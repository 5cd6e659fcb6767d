// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What happened in a publisher, for observer, log and metrics.
enum PublisherNotice: Sendable {
    case connected
    case disconnected(LamassuEventsError, retryingAfter: Duration)
    case stored(EventSummary)
    case confirmed(EventSummary)
    case retrying(EventSummary, LamassuEventsError, after: Duration)
    case parked(EventSummary, LamassuEventsError)
    case dropped(EventSummary, LamassuEventsError)
    case refused(LamassuEventsError)
    case storeFailed(LamassuEventsError, retryingAfter: Duration?)
    case resolved(OutboxIntent, happened: Bool)
    case unresolved(OutboxIntent, String, retryingAfter: Duration)
}
