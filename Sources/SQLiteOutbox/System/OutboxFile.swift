// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import LamassuEvents

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
        // The database first: should this end here, the log is found beside an empty database, and moved aside as well.
        for suffix in Self.suffixes {
            guard unsafe rename(self.path + suffix, name + suffix) != 0, errno != ENOENT else { continue }
            throw .last
        }
        return name
    }

    /// Runs the body while nobody moves the file aside or, to do so, while nobody opens it.
    ///
    /// Otherwise two processes could each move a file aside, of which one is new, or one could open the database of before with the log
    /// of after. Exclusively, nobody else opens it.
    func locked<Value>(
        exclusively isExclusive: Bool, timeout: Duration, _ body: () throws(LamassuEventsError) -> Value
    ) throws(LamassuEventsError) -> Value {
        let lock = unsafe open(self.path + ".lock", O_CREAT | O_CLOEXEC | O_RDWR, 0o600)
        guard lock >= 0 else {
            throw LamassuEventsError(
                SystemError.last.isOutOfSpace ? .storeFull : .storeInaccessible,
                message:
                    "the outbox cannot be made: \(SystemError.last); is the folder there, and may this user write it? File \(self.path)")
        }
        defer {
            // Closing alone would leave the lock to a process that is being started, until its program begins.
            flock(lock, LOCK_UN)
            close(lock)
        }
        let deadline = ContinuousClock.now + timeout
        while flock(lock, (isExclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                throw LamassuEventsError(.storeBusy, message: "another process opens the outbox or moves it aside: file \(self.path)")
            }
            var pause = timespec(tv_sec: 0, tv_nsec: 1_000_000)
            unsafe nanosleep(&pause, nil)
        }
        return try body()
    }
}
