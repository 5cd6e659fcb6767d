// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Logging

/// The keys of what this module logs; nothing of a payload or of a claim is ever among the values.
enum LogKey {
    static let eventID = "event.id"
    static let eventType = "event.type"
    static let eventSubject = "event.subject"
    static let eventSource = "event.source"
    static let error = "error"
    static let reason = "reason"
    static let attempt = "attempt"
    static let delay = "retry.after"
    static let count = "count"
    static let bytes = "bytes"
    static let queue = "amqp.queue"
    static let exchange = "amqp.exchange"

    static func event(_ summary: EventSummary) -> Logger.Metadata {
        [
            self.eventID: "\(summary.id)", self.eventType: "\(summary.type)", self.eventSource: "\(summary.source)",
            self.eventSubject: "\(summary.subject ?? "")",
        ]
    }
}
