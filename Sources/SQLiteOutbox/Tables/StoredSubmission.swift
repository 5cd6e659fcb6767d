// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents

/// A submission in the form in which it is stored; made on the task that submits it, because encoding takes longer than storing.
struct StoredSubmission: Sendable {
    var summary: EventSummary
    var lane: String
    /// How long the payload is.
    var bytes: Int64
    /// The event as JSON; nil where not even an event could be made.
    var event: [UInt8]?
    /// Why it is parked.
    var error: LamassuEventsError?

    init(_ submission: OutboxSubmission) {
        self.summary = submission.summary
        self.lane = submission.lane
        self.bytes = Int64(submission.event?.dataBytes ?? 0)
        self.error = submission.error
        do throws(CloudEventError) {
            self.event = try submission.event?.encoded(as: .json)
        } catch {
            self.error = LamassuEventsError(.encodingFailed, message: "the event has no form in which it can be stored: \(error)")
        }
    }
}
