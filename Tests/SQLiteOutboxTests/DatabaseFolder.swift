// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import Foundation
import LamassuEvents
import Logging
import OutboxTestSupport
import SQLiteOutbox

/// A folder for a database, gone with the object.
final class DatabaseFolder: Sendable {
    let url: URL

    init() throws {
        self.url = FileManager.default.temporaryDirectory.appending(path: "lamassu-outbox-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: self.url, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(at: self.url) }

    /// The path of a file in the folder.
    func path(_ name: String = "outbox.db") -> String { self.url.appending(path: name).path }

    /// A configuration of an outbox in the folder.
    func configuration(_ change: (inout SQLiteOutbox.Configuration) -> Void = { _ in }) -> SQLiteOutbox.Configuration {
        var configuration = SQLiteOutbox.Configuration(path: self.path())
        change(&configuration)
        return configuration
    }

    /// An outbox in the folder.
    func open(_ change: (inout SQLiteOutbox.Configuration) -> Void = { _ in }) async throws -> SQLiteOutbox {
        try await SQLiteOutbox.open(self.configuration(change), logger: .silent)
    }

    /// Reads a file, the database unless another is named.
    func read(_ path: String? = nil) throws -> [UInt8] { try Array(Data(contentsOf: URL(fileURLWithPath: path ?? self.path()))) }

    /// Puts bytes in place of the database.
    func write(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: self.path())) }

    /// The names of the files.
    var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: self.url.path).sorted() } }
}
