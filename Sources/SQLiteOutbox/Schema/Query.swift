// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The statements that are prepared once on each connection and kept.
enum Query: Int, CaseIterable {
    case begin, beginImmediate, commit
    case loadTotals, saveTotals, loadBoot, saveBoot
    case insertOwner, renewOwner, deleteOwner, expiredOwners, nextExpiry
    case freeSubjectsOfOwner, freeSubjectsOfNobody
    case subjectByLane, insertSubject, extendSubject, idleSubjects, deleteSubject
    case readySubjects, leaseSubject, shortenSubject, shortenAndFreeSubject, restSubject, heldSubject, nextReady
    case insertEvent, knownEvent, eventsOfSubject, eventByNumber, deleteEvent, deleteHeldEvent, deferEvent, oldestFree, oldestEvent
    case insertIntent, deleteIntent, orphanedIntents, adoptIntent
    case insertParked, parkedEvents, parkedByNumber, deleteParked, oldestParked, parkedBytes
    case insertSent, deleteSent
    case subscriptionByName, insertSubscription, countDeliveries
    case insertDelivery, updateDelivery, deleteDelivery, lanesOfSubscription, deliveriesOfLane, deliveriesOfSubscription

    private static let deliveryColumns =
        "id, lane, user_id, routing_key, parked_at, first_attempt_at, attempts, interruptions, reason, next_attempt, event"

    /// The text; the parameters are numbered where they are not in the order of their first use.
    var sql: String {
        switch self {
        case .begin: "BEGIN"
        case .beginImmediate: "BEGIN IMMEDIATE"
        case .commit: "COMMIT"

        case .loadTotals:
            "SELECT events, bytes, parked, intents, subjects, last_number, latest_start FROM lamassu_outbox_totals"
        case .saveTotals:
            """
            UPDATE lamassu_outbox_totals
            SET events = ?, bytes = ?, parked = ?, intents = ?, subjects = ?, last_number = ?, latest_start = ?
            """

        case .loadBoot: "SELECT boot FROM lamassu_outbox_totals"
        case .saveBoot: "UPDATE lamassu_outbox_totals SET boot = ?"

        case .insertOwner: "INSERT INTO lamassu_outbox_owners (id, renewed_at, lease) VALUES (?, ?, ?)"
        case .renewOwner: "UPDATE lamassu_outbox_owners SET renewed_at = ?2 WHERE id = ?1"
        case .deleteOwner: "DELETE FROM lamassu_outbox_owners WHERE id = ?"
        // A sign from the future is of a clock that was set back: no lease is to hold for as long as that.
        case .expiredOwners:
            "SELECT id FROM lamassu_outbox_owners WHERE id IS NOT ?1 AND (renewed_at + lease <= ?2 OR renewed_at > ?2)"
        case .nextExpiry: "SELECT min(renewed_at + lease) FROM lamassu_outbox_owners WHERE id IS NOT ?"
        case .freeSubjectsOfOwner: "UPDATE lamassu_outbox_subjects SET owner = NULL, ready_at = ?2, given_to = 0 WHERE owner = ?1"
        case .freeSubjectsOfNobody:
            """
            UPDATE lamassu_outbox_subjects SET owner = NULL, ready_at = ?, given_to = 0
            WHERE owner IS NOT NULL AND owner NOT IN (SELECT id FROM lamassu_outbox_owners)
            """

        case .subjectByLane: "SELECT id, start, count, waiting FROM lamassu_outbox_subjects WHERE lane = ?"
        case .insertSubject:
            """
            INSERT INTO lamassu_outbox_subjects (lane, start, count, waiting, ready_at, owner, given_to, last_number)
            VALUES (?, ?, ?, 1, ?, NULL, 0, ?)
            """
        // A subject that had nothing waiting may be given out from now on.
        case .extendSubject:
            """
            UPDATE lamassu_outbox_subjects
            SET count = ?2, last_number = ?3, ready_at = iif(waiting = 0, ?4, ready_at), waiting = waiting + 1 WHERE id = ?1
            """
        case .idleSubjects:
            """
            SELECT id FROM lamassu_outbox_subjects INDEXED BY lamassu_outbox_subjects_idle
            WHERE waiting = 0 ORDER BY last_number LIMIT ?
            """
        case .deleteSubject: "DELETE FROM lamassu_outbox_subjects WHERE id = ?"

        case .readySubjects:
            """
            SELECT id, lane FROM lamassu_outbox_subjects INDEXED BY lamassu_outbox_subjects_ready
            WHERE waiting > 0 AND owner IS NULL AND ready_at <= ? ORDER BY ready_at LIMIT ?
            """
        case .leaseSubject: "UPDATE lamassu_outbox_subjects SET owner = ?2, given_to = ?3 WHERE id = ?1"
        case .shortenSubject: "UPDATE lamassu_outbox_subjects SET waiting = waiting - 1 WHERE id = ?"
        case .shortenAndFreeSubject:
            "UPDATE lamassu_outbox_subjects SET waiting = waiting - 1, owner = NULL, ready_at = ?2, given_to = 0 WHERE id = ?1"
        case .restSubject:
            "UPDATE lamassu_outbox_subjects SET owner = NULL, ready_at = ?3, given_to = 0 WHERE id = ?1 AND owner = ?2"
        case .heldSubject: "SELECT 1 FROM lamassu_outbox_subjects WHERE id = ?1 AND owner = ?2"
        case .nextReady:
            """
            SELECT min(ready_at) FROM lamassu_outbox_subjects INDEXED BY lamassu_outbox_subjects_ready
            WHERE waiting > 0 AND owner IS NULL AND ready_at > ?
            """

        case .insertEvent:
            """
            INSERT INTO lamassu_outbox_events (number, subject, start, count, attempts, bytes, stored_at, id, source, event)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .knownEvent:
            """
            SELECT CASE
                WHEN EXISTS (SELECT 1 FROM lamassu_outbox_events WHERE id = ?1 AND source = ?2) THEN 1
                WHEN EXISTS (SELECT 1 FROM lamassu_outbox_parked WHERE id = ?1 AND source = ?2) THEN 2
                WHEN EXISTS (SELECT 1 FROM lamassu_outbox_sent WHERE id = ?1 AND source = ?2) THEN 3 ELSE 0 END
            """
        case .eventsOfSubject:
            """
            SELECT number, start, count, attempts, bytes, event FROM lamassu_outbox_events INDEXED BY lamassu_outbox_events_line
            WHERE subject = ? ORDER BY number LIMIT ?
            """
        case .eventByNumber:
            """
            SELECT subject, start, count, attempts, bytes, stored_at, id, source, event,
                (SELECT lane FROM lamassu_outbox_subjects WHERE lamassu_outbox_subjects.id = subject)
            FROM lamassu_outbox_events WHERE number = ?
            """
        case .deleteEvent: "DELETE FROM lamassu_outbox_events WHERE number = ?"
        case .deleteHeldEvent:
            """
            DELETE FROM lamassu_outbox_events
            WHERE number = ?1 AND EXISTS (SELECT 1 FROM lamassu_outbox_subjects WHERE id = ?2 AND owner = ?3)
            """
        case .deferEvent: "UPDATE lamassu_outbox_events SET attempts = attempts + 1 WHERE number = ?"
        // Passes over what was given out, which is as much as the windows of the relays hold.
        case .oldestFree:
            """
            SELECT number FROM lamassu_outbox_events AS event CROSS JOIN lamassu_outbox_subjects AS line
            WHERE line.id = event.subject AND event.number > line.given_to ORDER BY event.number LIMIT 1
            """
        case .oldestEvent: "SELECT stored_at FROM lamassu_outbox_events ORDER BY number LIMIT 1"

        case .insertIntent:
            """
            INSERT OR IGNORE INTO lamassu_outbox_intents (id, source, number, owner, type, subject, time, previous, context)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .deleteIntent: "DELETE FROM lamassu_outbox_intents WHERE id = ? AND source = ?"
        case .orphanedIntents:
            """
            SELECT id, source, type, subject, time, previous, context FROM lamassu_outbox_intents
            WHERE owner NOT IN (SELECT id FROM lamassu_outbox_owners) ORDER BY number LIMIT ?
            """
        case .adoptIntent: "UPDATE lamassu_outbox_intents SET owner = ?3 WHERE id = ?1 AND source = ?2"

        case .insertParked:
            """
            INSERT INTO lamassu_outbox_parked
                (number, lane, start, count, attempts, bytes, stored_at, id, source, type, subject, code, message, event)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """
        case .parkedEvents:
            "SELECT number, id, source, type, subject, code, message FROM lamassu_outbox_parked ORDER BY number LIMIT ?"
        case .parkedByNumber:
            """
            SELECT lane, start, count, attempts, bytes, stored_at, id, source, type, subject, event
            FROM lamassu_outbox_parked WHERE number = ?
            """
        case .deleteParked: "DELETE FROM lamassu_outbox_parked WHERE number = ?"
        case .oldestParked: "SELECT number, bytes, id, source, type, subject FROM lamassu_outbox_parked ORDER BY number LIMIT 1"
        // Of the few that are parked; no count of it is kept, as it is asked for only when one more is.
        case .parkedBytes: "SELECT coalesce(sum(bytes), 0) FROM lamassu_outbox_parked"

        case .insertSent:
            """
            INSERT OR IGNORE INTO lamassu_outbox_sent (number, sent_at, id, source, event)
            SELECT number, ?2, id, source, event FROM lamassu_outbox_events
            WHERE number = ?1 AND EXISTS (SELECT 1 FROM lamassu_outbox_subjects WHERE id = ?3 AND owner = ?4)
            """
        case .deleteSent:
            """
            DELETE FROM lamassu_outbox_sent WHERE number IN (
                SELECT number FROM lamassu_outbox_sent WHERE sent_at < ? ORDER BY sent_at LIMIT ?)
            """

        case .subscriptionByName: "SELECT id, deliveries FROM lamassu_outbox_subscriptions WHERE name = ?"
        case .insertSubscription: "INSERT INTO lamassu_outbox_subscriptions (name, deliveries) VALUES (?, 0)"
        case .countDeliveries: "UPDATE lamassu_outbox_subscriptions SET deliveries = deliveries + ?2 WHERE id = ?1"
        case .insertDelivery:
            """
            INSERT INTO lamassu_outbox_deliveries
                (subscription, id, lane, user_id, routing_key, parked_at, first_attempt_at, attempts, interruptions, reason, next_attempt,
                event)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (subscription, id) DO NOTHING
            """
        case .updateDelivery:
            """
            UPDATE lamassu_outbox_deliveries
            SET first_attempt_at = ?3, attempts = ?4, interruptions = ?5, reason = ?6, next_attempt = ?7 WHERE subscription = ?1 AND id = ?2
            """
        case .deleteDelivery: "DELETE FROM lamassu_outbox_deliveries WHERE subscription = ? AND id = ?"
        // The other columns of a group are those of the row with the least number.
        case .lanesOfSubscription:
            """
            SELECT lane, next_attempt, min(number) FROM lamassu_outbox_deliveries INDEXED BY lamassu_outbox_deliveries_line
            WHERE subscription = ? GROUP BY lane
            """
        case .deliveriesOfLane:
            """
            SELECT \(Self.deliveryColumns) FROM lamassu_outbox_deliveries INDEXED BY lamassu_outbox_deliveries_line
            WHERE subscription = ? AND lane = ? ORDER BY number LIMIT ?
            """
        // In the order of the table, from which only those of other subscriptions are left out.
        case .deliveriesOfSubscription:
            "SELECT \(Self.deliveryColumns) FROM lamassu_outbox_deliveries NOT INDEXED WHERE subscription = ? ORDER BY number LIMIT ?"
        }
    }
}
