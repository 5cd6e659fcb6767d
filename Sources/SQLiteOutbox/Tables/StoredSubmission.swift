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

    init(summary: EventSummary, lane: String, bytes: Int64, event: [UInt8]) {
        self.summary = summary
        self.lane = lane
        self.bytes = bytes
        self.event = event
    }
}

/// An event as it was given out, not yet decoded.
struct StoredEntry: Sendable {
    var number: Int64
    var lane: String
    var sequence: EventSequence
    var attempts: Int64
    var bytes: Int64
    var event: [UInt8]

    /// Decodes the event and adds its place among those of its subject.
    func entry() throws(CloudEventError) -> OutboxEntry {
        var event = try CloudEvent.stored(self.event)
        event[.sequence] = .string(self.sequence.description)
        return OutboxEntry(number: UInt64(self.number), lane: self.lane, event: event, attempts: Int(self.attempts))
    }
}

extension CloudEvent {
    /// Reads an event that a store wrote, of any length.
    static func stored(_ bytes: [UInt8]) throws(CloudEventError) -> CloudEvent {
        var options = DecodingOptions()
        options.maximumSize = max(options.maximumSize, bytes.count)
        return try CloudEvent(decoding: bytes, format: .json, options: options)
    }
}
