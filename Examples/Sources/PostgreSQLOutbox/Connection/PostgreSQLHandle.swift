// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CPostgreSQL
import Glibc

/// Owns one connection of libpq; it is closed when this value goes away.
struct PostgreSQLHandle: ~Copyable {
    private let connection: OpaquePointer

    /// Connects.
    ///
    /// Name resolution, connecting and login may take ten seconds for each host, a statement twenty. The server gives up a transaction in which
    /// nothing has happened for a minute, and a connection whose peer is gone is noticed within half a minute.
    ///
    /// - Parameter address: a connection string of libpq, as URI or as keywords.
    init(_ address: String) throws(PostgreSQLError) {
        let settings = [
            ("dbname", address), ("connect_timeout", "10"), ("client_encoding", "UTF8"), ("keepalives_idle", "10"),
            ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
            ("options", "-c statement_timeout=20s -c idle_in_transaction_session_timeout=60s"),
        ]
        let connection = Self.withCStrings(settings.map { $0.0 } + [nil]) { names in
            Self.withCStrings(settings.map { $0.1 } + [nil]) { values in PQconnectdbParams(names, values, 1) }
        }
        guard let connection else { throw PostgreSQLError(message: "there is no memory for a connection") }
        guard PQstatus(connection) == CONNECTION_OK else {
            let reason = Self.text(PQerrorMessage(connection))
            PQfinish(connection)
            throw PostgreSQLError(message: "no connection to PostgreSQL: \(reason)")
        }
        cpostgresql_ignore_notices(connection)
        self.connection = connection
    }

    deinit { PQfinish(self.connection) }

    /// Whether the connection still stands, as far as is known.
    var isUp: Bool { PQstatus(self.connection) == CONNECTION_OK }

    /// Prepares a statement under a name.
    func prepare(_ name: String, _ sql: String) throws(PostgreSQLError) {
        _ = try Self.rows(PQprepare(self.connection, name, sql, 0, nil))
    }

    /// Runs a prepared statement, and returns its rows as text.
    func run(_ name: String, _ parameters: [String?]) throws(PostgreSQLError) -> [[String?]] {
        let result = Self.withCStrings(parameters) { values in
            PQexecPrepared(self.connection, name, Int32(parameters.count), values, nil, nil, 0)
        }
        return try Self.rows(result)
    }

    /// Runs statements without parameters, one after the other.
    func run(script: String) throws(PostgreSQLError) { _ = try Self.rows(PQexec(self.connection, script)) }

    private static func rows(_ result: OpaquePointer?) throws(PostgreSQLError) -> [[String?]] {
        guard let result else { throw PostgreSQLError(message: "the connection to PostgreSQL is lost, or there is no memory") }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK: return []
        case PGRES_TUPLES_OK:
            let columns = PQnfields(result)
            return (0..<PQntuples(result)).map { row in
                (0..<columns).map { column in
                    PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
                }
            }
        default:
            let state = cpostgresql_sqlstate(result)
            let message = cpostgresql_message(result) ?? UnsafePointer(PQresultErrorMessage(result))
            throw PostgreSQLError(sqlState: state.map { String(cString: $0) }, message: self.text(message))
        }
    }

    private static func text(_ message: UnsafePointer<CChar>?) -> String {
        guard let message else { return "libpq does not say why" }
        return String(cString: message).split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func withCStrings<Result>(
        _ strings: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        let copies = strings.map { $0.map { strdup($0) } ?? nil }
        defer { for copy in copies { free(copy) } }
        return copies.map { UnsafePointer($0) }.withUnsafeBufferPointer { body($0.baseAddress) }
    }
}
