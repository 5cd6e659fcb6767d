// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents

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
