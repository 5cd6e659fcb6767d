// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import LamassuEvents
import PostgreSQLOutbox

/// A database of one test, on the server that `Scripts/with-postgresql.sh` started.
struct TestDatabase {
    private struct Missing: Error, CustomStringConvertible {
        let variable: String
        var description: String { "\(self.variable) is not set: run the tests through Scripts/test.sh examples" }
    }

    let name: String
    let address: String
    let connection: PostgreSQLConnection

    /// A variable of the environment, which the scripts set.
    static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Missing(variable: name) }
        return value
    }

    /// Runs with a database of its own, which is deleted afterwards.
    static func with<Result>(_ body: (TestDatabase) async throws -> Result) async throws -> Result {
        let server = try self.variable("LAMASSU_TEST_POSTGRESQL")
        let name = "test_\(UInt64.random(in: .min ... .max))"
        let administrator = PostgreSQLConnection("\(server) dbname=postgres")
        try await administrator.run("CREATE DATABASE \(name)")
        let address = "\(server) dbname=\(name)"
        let database = TestDatabase(name: name, address: address, connection: PostgreSQLConnection(address))
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body(database)) } catch { result = .failure(error) }
        try await administrator.run("DROP DATABASE \(name) WITH (FORCE)")
        return try result.get()
    }

    /// An outbox on this database, as another process would have it.
    func outbox(_ configure: (inout PostgreSQLOutbox.Configuration) -> Void = { _ in }) async throws -> PostgreSQLOutbox {
        var configuration = PostgreSQLOutbox.Configuration(address: self.address)
        configure(&configuration)
        return try await PostgreSQLOutbox.open(configuration)
    }

    /// The first value of the first row that a statement returns.
    func value(_ sql: String) async throws -> String? { try await self.connection.run(sql).first?.first ?? nil }

    static func event(_ subject: String?, id: CloudEvent.ID = .random(), number: Int = 0) throws -> CloudEvent {
        try CloudEvent(
            id: id, source: EventSource.ca.rawValue, type: EventType.caStatusUpdate.rawValue, subject: subject, time: .now,
            json: JSONValue.number(JSONNumber(number)))
    }
}

extension OutboxEntry {
    /// The number that the event of a test has as its payload.
    var payload: Int { get throws { try self.event.decodeData(as: Int.self) } }
    /// The count within the value of the extension `sequence`.
    var count: Int? { self.event[.sequence]?.text.split(separator: ".").last.flatMap { Int($0) } }
}
