// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents

extension ServiceDatabase {
    /// How many operations of a process have succeeded.
    func count(ofProcess process: Int) throws -> Int {
        try self.first("SELECT count(*) FROM operation WHERE process = ?", [.integer(process)]) { $0.integer(0) } ?? 0
    }

    /// How many operations of a process are open: under way, or left so by a crash.
    func intents(ofProcess process: Int) throws -> Int {
        try self.first("SELECT count(*) FROM lamassu_outbox_intents WHERE subject LIKE ?", [.text("device/\(process)-%")]) {
            $0.integer(0)
        } ?? 0
    }

    /// A thing as it is; one to which nothing was done yet has version 0.
    func thing(_ subject: EventSubject) throws -> Thing {
        let bytes = try self.first(
            "SELECT thing FROM operation WHERE subject = ? ORDER BY version DESC LIMIT 1", [.text("\(subject)")]
        ) { $0.bytes(0) }
        return try bytes.map { try JSONReader.decode(Thing.self, from: $0) } ?? Thing(operation: "", version: 0, text: "")
    }

    /// A thing as an operation made it; `nil` where there was no such operation.
    func thing(_ subject: EventSubject, version: Int) throws -> Thing? {
        let bytes = try self.first(
            "SELECT thing FROM operation WHERE subject = ? AND version = ?", [.text("\(subject)"), .integer(version)]
        ) { $0.bytes(0) }
        return try bytes.map { try JSONReader.decode(Thing.self, from: $0) }
    }

    /// Notes that an operation succeeded, which it has when the transaction is committed.
    ///
    /// - Parameter payload: what its event has to say.
    func note(
        _ thing: Thing, of subject: EventSubject, by process: Int, at level: DeliveryLevel, payload: some JSONEncodable
    ) throws {
        try self.execute(
            "INSERT INTO operation (name, process, subject, version, level, thing, payload) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                .text(thing.operation), .integer(process), .text("\(subject)"), .integer(thing.version), .text("\(level)"),
                .bytes(try JSONWriter.encode(thing)), .bytes(try JSONWriter.encode(payload)),
            ])
    }

    /// Writes every operation that succeeded, as lines of JSON.
    func writeLedger(to file: Journal) throws {
        try self.forEach("SELECT name, subject, version, level, payload FROM operation ORDER BY subject, version") { row in
            var json = JSONWriter()
            json.beginObject()
            json.member("name", row.text(0))
            json.member("subject", row.text(1))
            json.member("version", row.integer(2))
            json.member("level", row.text(3))
            json.key("payload")
            json.raw(row.bytes(4))
            json.endObject()
            file.append(String(decoding: try json.finish(), as: UTF8.self))
        }
    }
}
