// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The database file of an outbox, and the two that SQLite keeps beside it.
///
/// Nothing here opens the database file: the system gives up all locks that a process has on a file when it closes any descriptor of it.
struct OutboxFile: Sendable {
    let path: String

    /// The files that belong together.
    private static let suffixes = ["", "-wal", "-shm"]

    /// How long a file is; nil where there is none, or none that can be seen.
    private static func size(of path: String) -> Int64? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Int64(status.st_size)
    }

    /// Whether the database is empty and its log is not: SQLite would take it for a new one and throw the log away.
    var isCutOff: Bool { Self.size(of: self.path) == 0 && (Self.size(of: self.path + "-wal") ?? 0) > 0 }

    /// Whether two names are of one file.
    func isSame(as other: OutboxFile) -> Bool {
        var (mine, others) = (stat(), stat())
        guard unsafe stat(self.path, &mine) == 0, unsafe stat(other.path, &others) == 0 else { return false }
        return mine.st_dev == others.st_dev && mine.st_ino == others.st_ino
    }

    /// Makes an empty file, where there is none.
    ///
    /// SQLite gives the files beside it the same mode.
    func create(mode: UInt32) throws(SystemError) {
        #if os(Linux)
        guard unsafe mknod(self.path, S_IFREG | mode_t(mode), 0) != 0, errno != EEXIST else { return }
        throw .last
        #else
        let file = unsafe open(self.path, O_CREAT | O_EXCL | O_CLOEXEC | O_WRONLY, mode_t(mode))
        if file >= 0 {
            close(file)
        } else if errno != EEXIST {
            throw .last
        }
        #endif
    }

    /// Gives the database and the files beside it another name.
    ///
    /// - Returns: the new name of the database.
    func moveAside(at time: Timestamp) throws(SystemError) -> String {
        let stem = "\(self.path).corrupt-\(time.secondsSinceEpoch)"
        var name = stem
        var attempt = 1
        while Self.size(of: name) != nil {
            attempt += 1
            name = "\(stem)-\(attempt)"
        }
        // The log first: a database without its log is older, a log without its database is nothing.
        for suffix in Self.suffixes.reversed() {
            guard unsafe rename(self.path + suffix, name + suffix) != 0, errno != ENOENT else { continue }
            throw .last
        }
        return name
    }

    /// Runs the body while no other process does so for the same file.
    func alone<Value, Failure: Error>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        let lock = unsafe open(self.path + ".recovery", O_CREAT | O_CLOEXEC | O_RDWR, 0o600)
        defer { if lock >= 0 { close(lock) } }
        // Where no lock can be had, two processes at the same moment could each move a file aside, of which one is new and empty.
        if lock >= 0 { while flock(lock, LOCK_EX) != 0, errno == EINTR {} }
        return try body()
    }
}
