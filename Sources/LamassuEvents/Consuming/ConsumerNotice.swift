// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What happened in an inbox, for observer, log and metrics.
enum ConsumerNotice: Sendable {
    case connected
    case disconnected(LamassuEventsError, retryingAfter: Duration)
    case received(EventSummary, isRedelivered: Bool)
    case done(EventSummary, isDuplicate: Bool)
    case filtered(EventSummary)
    case retrying(EventSummary, reason: String, after: Duration)
    case parked(EventSummary, reason: String, after: Duration)
    case superseded(EventSummary)
    case deadLettered(EventSummary?, reason: String)
    case deadLetterFailed(EventSummary?, LamassuEventsError, after: Duration)
    case parkedStoreFailed(LamassuEventsError, after: Duration)
}
