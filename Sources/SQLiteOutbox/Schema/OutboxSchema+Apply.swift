// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents

extension OutboxSchema {
    /// Brings the tables of a database to this version, in one transaction for each step.
    ///
    /// - Parameters:
    ///   - connection: stands in no transaction.
    ///   - path: the file, for errors.
    /// - Throws: `storeTooNew` where the tables are of a later version, and have not been touched.
    func apply(to connection: SQLiteConnection, path: String) throws(LamassuEventsError) {
        let version: Int
        do throws(SQLiteError) {
            version = try self.bringUp(connection)
        } catch {
            if !connection.isIdle { try? connection.execute("ROLLBACK") }
            throw LamassuEventsError(error, path: path)
        }
        guard version <= self.version else {
            throw LamassuEventsError(
                .storeTooNew,
                message: "the outbox has version \(version), and this release knows \(self.version): use the later release, file \(path)")
        }
    }

    /// - Returns: the version that the tables have then.
    private func bringUp(_ connection: SQLiteConnection) throws(SQLiteError) -> Int {
        var version = try Self.version(of: connection)
        while version < self.version {
            try connection.execute("BEGIN IMMEDIATE")
            // Another process may have been here meanwhile.
            version = try Self.version(of: connection)
            if version < self.version {
                for statement in self.steps[version] { try connection.execute(statement) }
                version += 1
                try connection.execute("UPDATE lamassu_outbox_schema SET version = \(version)")
            }
            try connection.execute("COMMIT")
        }
        return version
    }

    /// The version of the tables; 0 where there are none.
    private static func version(of connection: SQLiteConnection) throws(SQLiteError) -> Int {
        let tables = try connection.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'lamassu_outbox_schema'") { _ in true
        }
        guard !tables.isEmpty else { return 0 }
        let version = try connection.read("SELECT version FROM lamassu_outbox_schema") { $0.integer(0) }.first
        guard let version, version >= 0 else {
            throw SQLiteError(code: SQLiteError.corruptCode, message: "the version of the outbox is not there")
        }
        return Int(version)
    }
}
