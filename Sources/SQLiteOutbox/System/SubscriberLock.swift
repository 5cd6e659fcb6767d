// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The right of one subscriber to what is parked for its subscription: the lock of a file beside the database.
///
/// The system gives it free when the process ends, in whatever way, so that a successor waits for no lease and no clock.
final class SubscriberLock: Sendable {
    private let file = Mutex<Int32?>(nil)

    deinit { self.release() }

    /// Takes the lock, unless this object has it.
    ///
    /// - Parameters:
    ///   - subscription: whose lock it is.
    ///   - database: the full name of the database file.
    /// - Returns: why it cannot be had; nil where it is taken.
    func take(_ subscription: String, beside database: String) -> LamassuEventsError? {
        self.file.withLock { file in
            guard file == nil else { return nil }
            let path = "\(database).\(Self.encoded(subscription)).lock"
            let opened = unsafe open(path, O_CREAT | O_CLOEXEC | O_RDWR, 0o600)
            guard opened >= 0 else { return Self.refusal(.last, path) }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                let error = SystemError.last
                close(opened)
                guard error.code == EWOULDBLOCK else { return Self.refusal(error, path) }
                return LamassuEventsError(
                    .parkedStoreInUse, message: "another subscriber uses what is parked for '\(subscription)' and holds the lock of \(path)"
                )
            }
            file = opened
            return nil
        }
    }

    /// Gives the lock back, where this object has it.
    func release() {
        self.file.withLock { file in
            if let file {
                // Closing alone would leave the lock to a process that is being started, until its program begins.
                flock(file, LOCK_UN)
                close(file)
            }
            file = nil
        }
    }

    private static func refusal(_ error: SystemError, _ path: String) -> LamassuEventsError {
        LamassuEventsError(
            error.isOutOfSpace ? .storeFull : .storeInaccessible,
            message: "the lock of the subscriber cannot be had: \(error), file \(path)")
    }

    /// The name of a subscription as a part of a file name, of which no other has the same.
    private static func encoded(_ subscription: String) -> String {
        subscription.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default: text += "%" + String(byte >> 4, radix: 16) + String(byte & 0xF, radix: 16)
            }
        }
    }
}
