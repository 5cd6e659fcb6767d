// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The counts of an outbox: read at the start of each transaction, and written at its end where they changed.
struct OutboxTotals: Hashable, Sendable {
    var events: Int64 = 0
    var bytes: Int64 = 0
    var parked: Int64 = 0
    var intents: Int64 = 0
    var subjects: Int64 = 0
    /// The greatest number that was given to anything.
    var lastNumber: Int64 = 0
    /// The greatest start that the count of a subject ever had, in milliseconds since 1970.
    var latestStart: Int64 = 0

    mutating func nextNumber() -> Int64 {
        self.lastNumber += 1
        return self.lastNumber
    }
}

extension OutboxTotals {
    static func load(from connection: SQLiteConnection) throws(SQLiteError) -> OutboxTotals {
        let totals = try connection.row(.loadTotals) { row in
            OutboxTotals(
                events: row.integer(0), bytes: row.integer(1), parked: row.integer(2), intents: row.integer(3), subjects: row.integer(4),
                lastNumber: row.integer(5), latestStart: row.integer(6))
        }
        guard let totals else { throw SQLiteError(code: SQLiteError.corruptCode, message: "the row of totals is not there") }
        return totals
    }

    func save(to connection: SQLiteConnection) throws(SQLiteError) {
        try connection.run(
            .saveTotals, .integer(self.events), .integer(self.bytes), .integer(self.parked), .integer(self.intents),
            .integer(self.subjects), .integer(self.lastNumber), .integer(self.latestStart))
    }
}
