// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// An outbox in a file of its own, and one in the host's own database.

import LamassuEvents
import Logging
import SQLiteOutbox

let logger = Logger(label: "ca-service")
var configuration = SQLiteOutbox.Configuration(path: "/var/lib/ca-service/outbox.db")
configuration.limits.maximumEvents = 500_000  // how long an outage may last, in events
let outbox = try await SQLiteOutbox.open(configuration, logger: logger)
for path in outbox.damagedFiles { print("a damaged outbox was moved to \(path)") }

/// Stands for what the host does on its connection, a `sqlite3 *`.
struct Database {
    let handle: OpaquePointer
    func execute(_ sql: String) throws {}
}

/// Makes an authority and its event one transaction.
func create(_ event: CloudEvent, in database: Database, _ outbox: SQLiteOutbox) throws {
    try database.execute("BEGIN IMMEDIATE")
    do {
        try database.execute("INSERT INTO authorities …")
        let dropped = try unsafe outbox.enqueue(event, in: database.handle)
        try database.execute("COMMIT")
        for event in dropped { print("the outbox was full: \(event) was dropped") }
    } catch {
        try database.execute("ROLLBACK")
        throw error
    }
}
