// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CSQLite
internal import LamassuEvents

/// What SQLite said.
struct SQLiteError: Error {
    /// What it means to the store.
    enum Kind {
        /// Another connection holds the lock.
        case busy
        /// The disk has no room.
        case full
        /// The file is no database, or a damaged one.
        case corrupt
        /// The file cannot be opened, or not written.
        case inaccessible
        /// The disk failed, so that what it holds of the last writes is unknown.
        case disk
        /// Another one.
        case other
    }

    /// The extended result code.
    var code: Int32
    /// SQLite's text; of statements of ours, which hold no values.
    var message: String

    /// The code of a damaged file.
    static let corruptCode = SQLITE_CORRUPT

    init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// Reads the last error of a connection.
    ///
    /// - Parameters:
    ///   - handle: the connection, or nil where not even that could be made.
    ///   - code: what the call returned.
    init(_ handle: OpaquePointer?, code: Int32) {
        self.code = code
        guard let handle = unsafe handle else {
            self.message = unsafe String(cString: sqlite3_errstr(code))
            return
        }
        let extended = unsafe sqlite3_extended_errcode(handle)
        if extended & 0xFF == code & 0xFF { self.code = extended }
        let text = unsafe String(cString: sqlite3_errmsg(handle))
        let system = unsafe sqlite3_system_errno(handle)
        let isOfSystem = [SQLITE_CANTOPEN, SQLITE_IOERR].contains(code & 0xFF) && system != 0
        self.message = isOfSystem ? "\(text) (\(SystemError(code: system)))" : text
    }

    var kind: Kind {
        switch self.code & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .busy
        case SQLITE_FULL: .full
        case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .inaccessible
        case SQLITE_IOERR: .disk
        default: .other
        }
    }
}

extension LamassuEventsError {
    /// What failed, for the user of a store.
    ///
    /// - Parameters:
    ///   - error: what SQLite said.
    ///   - path: the database file.
    init(_ error: SQLiteError, path: String) {
        let message = "\(error.message) (SQLite \(error.code)), file \(path)"
        switch error.kind {
        case .busy:
            self.init(.storeBusy, message: "another connection held its lock for too long: is a transaction left open? \(message)")
        case .full: self.init(.storeFull, message: "the disk has no room, or the file may not grow: \(message)")
        case .corrupt: self.init(.storeCorrupt, message: "the file is no database or is damaged: \(message)")
        case .inaccessible: self.init(.storeInaccessible, message: "is the folder there, and may this user write it? \(message)")
        case .disk, .other: self.init(.storeFailed, message: message)
        }
    }
}
