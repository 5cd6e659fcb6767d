// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The tables of an outbox, by the steps that lead from nothing to them: step n makes version n of version n - 1.
///
/// A step that was released never changes; a later form of the tables is a further step.
package struct OutboxSchema: Sendable {
    /// The statements of each step.
    package var steps: [[String]]

    /// The version that the steps lead to.
    var version: Int { self.steps.count }

    /// What this release writes.
    package static let current = OutboxSchema(steps: [version1, version2])

    /// What begins the name of everything that the outbox makes in a database.
    static let prefix = "lamassu_outbox_"

    private static let version1 = [
        // The version, in a table that every release can read.
        """
        CREATE TABLE lamassu_outbox_schema (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            version INTEGER NOT NULL)
        """,
        "INSERT INTO lamassu_outbox_schema (id, version) VALUES (1, 0)",
        // One row of counts, written once in a transaction; and the boot of the machine to whose clock all other times belong.
        """
        CREATE TABLE lamassu_outbox_totals (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            events INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            parked INTEGER NOT NULL,
            intents INTEGER NOT NULL,
            subjects INTEGER NOT NULL,
            last_number INTEGER NOT NULL,
            latest_start INTEGER NOT NULL,
            boot TEXT NOT NULL)
        """,
        // Numbers begin with the time, so that what was given out of a file that was moved aside has no namesake in the next.
        """
        INSERT INTO lamassu_outbox_totals
        VALUES (1, 0, 0, 0, 0, 0, CAST((julianday('now') - 2440587.5) * 86400000.0 AS INTEGER) * 256, 0, '')
        """,
        // The stores that are open, and how long each lives without a sign: milliseconds of the clock since boot.
        """
        CREATE TABLE lamassu_outbox_owners (
            id INTEGER PRIMARY KEY,
            renewed_at INTEGER NOT NULL,
            lease INTEGER NOT NULL)
        """,
        // The subjects: the count of each, how many of its events wait, from when on it may be given out, and whose it is.
        """
        CREATE TABLE lamassu_outbox_subjects (
            id INTEGER PRIMARY KEY,
            lane TEXT NOT NULL UNIQUE,
            start INTEGER NOT NULL,
            count INTEGER NOT NULL,
            waiting INTEGER NOT NULL,
            ready_at INTEGER NOT NULL,
            owner INTEGER,
            given_to INTEGER NOT NULL,
            last_number INTEGER NOT NULL)
        """,
        "CREATE INDEX lamassu_outbox_subjects_ready ON lamassu_outbox_subjects (ready_at) WHERE waiting > 0 AND owner IS NULL",
        "CREATE INDEX lamassu_outbox_subjects_idle ON lamassu_outbox_subjects (last_number) WHERE waiting = 0",
        // What waits for its confirmation.
        """
        CREATE TABLE lamassu_outbox_events (
            number INTEGER PRIMARY KEY,
            subject INTEGER NOT NULL,
            start INTEGER NOT NULL,
            count INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            stored_at INTEGER NOT NULL,
            id TEXT NOT NULL,
            source TEXT NOT NULL,
            event BLOB NOT NULL)
        """,
        "CREATE UNIQUE INDEX lamassu_outbox_events_identity ON lamassu_outbox_events (id, source)",
        "CREATE INDEX lamassu_outbox_events_line ON lamassu_outbox_events (subject, number)",
        // What can never be sent as it is.
        """
        CREATE TABLE lamassu_outbox_parked (
            number INTEGER PRIMARY KEY,
            lane TEXT NOT NULL,
            start INTEGER,
            count INTEGER,
            attempts INTEGER NOT NULL,
            bytes INTEGER NOT NULL,
            stored_at INTEGER NOT NULL,
            id TEXT NOT NULL,
            source TEXT NOT NULL,
            type TEXT NOT NULL,
            subject TEXT,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            event BLOB)
        """,
        "CREATE UNIQUE INDEX lamassu_outbox_parked_identity ON lamassu_outbox_parked (id, source)",
        // What the broker has, where it is retained.
        """
        CREATE TABLE lamassu_outbox_sent (
            number INTEGER PRIMARY KEY,
            sent_at INTEGER NOT NULL,
            id TEXT NOT NULL,
            source TEXT NOT NULL,
            event BLOB NOT NULL)
        """,
        "CREATE INDEX lamassu_outbox_sent_age ON lamassu_outbox_sent (sent_at)",
        "CREATE UNIQUE INDEX lamassu_outbox_sent_identity ON lamassu_outbox_sent (id, source)",
        // The operations under way, by the events that they will have.
        """
        CREATE TABLE lamassu_outbox_intents (
            id TEXT NOT NULL,
            source TEXT NOT NULL,
            number INTEGER NOT NULL,
            owner INTEGER NOT NULL,
            type TEXT NOT NULL,
            subject TEXT,
            time TEXT NOT NULL,
            previous BLOB,
            PRIMARY KEY (id, source)) WITHOUT ROWID
        """,
    ]

    private static let version2 = [
        // In whose name and in which trace an operation runs, as JSON.
        "ALTER TABLE lamassu_outbox_intents ADD COLUMN context BLOB",
        // Whose received events are parked, and how many of each.
        """
        CREATE TABLE lamassu_outbox_subscriptions (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            deliveries INTEGER NOT NULL)
        """,
        // What a subscriber has received and handles later; a greater number is a later place in its lane.
        """
        CREATE TABLE lamassu_outbox_deliveries (
            number INTEGER PRIMARY KEY,
            subscription INTEGER NOT NULL,
            id TEXT NOT NULL,
            lane TEXT NOT NULL,
            user_id TEXT,
            routing_key TEXT NOT NULL,
            parked_at TEXT NOT NULL,
            first_attempt_at TEXT,
            attempts INTEGER NOT NULL,
            interruptions INTEGER NOT NULL,
            reason TEXT NOT NULL,
            next_attempt TEXT NOT NULL,
            event BLOB NOT NULL)
        """,
        "CREATE UNIQUE INDEX lamassu_outbox_deliveries_identity ON lamassu_outbox_deliveries (subscription, id)",
        "CREATE INDEX lamassu_outbox_deliveries_line ON lamassu_outbox_deliveries (subscription, lane, number)",
    ]
}
