// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents

/// A parked delivery in the form in which it is stored; read and made on the task of the subscriber, because that takes longer than storing.
struct StoredDelivery: Sendable {
    var id: String
    var lane: String
    var userID: String?
    var routingKey: String
    var parkedAt: String
    var firstAttemptAt: String?
    var attempts: Int64
    var interruptions: Int64
    var reason: String
    var nextAttempt: String
    /// The event as JSON; empty where only what else is known of it is written.
    var event: [UInt8] = []

    /// Takes what changes with an attempt.
    init(attempted delivery: ParkedDelivery) {
        self.id = delivery.id.rawValue
        self.lane = delivery.lane
        self.userID = delivery.userID
        self.routingKey = delivery.routingKey
        self.parkedAt = delivery.parkedAt.description
        self.firstAttemptAt = delivery.firstAttemptAt?.description
        self.attempts = Int64(delivery.attempts)
        self.interruptions = Int64(delivery.interruptions)
        self.reason = delivery.reason
        self.nextAttempt = delivery.nextAttempt.description
    }

    /// Takes all of it.
    init(_ delivery: ParkedDelivery) throws(LamassuEventsError) {
        self.init(attempted: delivery)
        do throws(CloudEventError) {
            self.event = try delivery.event.encoded(as: .json)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the event has no form in which it can be parked: \(error)")
        }
    }

    /// Reads a row in the order of the columns of ``Query``.
    init(_ row: borrowing SQLiteRow) {
        self.id = row.text(0)
        self.lane = row.text(1)
        self.userID = row.optionalText(2)
        self.routingKey = row.text(3)
        self.parkedAt = row.text(4)
        self.firstAttemptAt = row.optionalText(5)
        self.attempts = row.integer(6)
        self.interruptions = row.integer(7)
        self.reason = row.text(8)
        self.nextAttempt = row.text(9)
        self.event = row.bytes(10)
    }

    /// Decodes the event and the times.
    func delivery() throws(LamassuEventsError) -> ParkedDelivery {
        do throws(CloudEventError) {
            var firstAttemptAt: Timestamp?
            if let text = self.firstAttemptAt { firstAttemptAt = try Timestamp(text) }
            return ParkedDelivery(
                id: ParkedDelivery.ID(rawValue: self.id), lane: self.lane, event: try CloudEvent.stored(self.event), userID: self.userID,
                routingKey: self.routingKey, parkedAt: try Timestamp(self.parkedAt), firstAttemptAt: firstAttemptAt,
                attempts: Int(self.attempts), interruptions: Int(self.interruptions), reason: self.reason,
                nextAttempt: try Timestamp(self.nextAttempt))
        } catch {
            throw LamassuEventsError(
                .undecodable,
                message: "the parked event \(self.id) of '\(self.lane)' cannot be read: \(error). Remove it to go on without it")
        }
    }
}
