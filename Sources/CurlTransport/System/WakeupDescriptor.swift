// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A descriptor that becomes readable when somebody calls ``signal()``, for a thread that waits in `poll`.
///
/// It is an `eventfd` on Linux and a pipe elsewhere. Any thread may use it: each member is one system call on a descriptor that
/// never changes, and is closed when this value goes away.
struct WakeupDescriptor: ~Copyable, Sendable {
    /// What to wait on.
    let readEnd: Int32
    private let writeEnd: Int32

    init() throws(TransportError) {
        #if os(Linux)
        let descriptor = ccurl_eventfd()
        guard descriptor >= 0 else { throw Self.exhausted() }
        self.readEnd = descriptor
        self.writeEnd = descriptor
        #else
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw Self.exhausted() }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.readEnd = ends[0]
        self.writeEnd = ends[1]
        #endif
    }

    deinit {
        _ = close(self.readEnd)
        if self.writeEnd != self.readEnd { _ = close(self.writeEnd) }
    }

    /// Makes ``readEnd`` readable.
    func signal() {
        // A full pipe or counter needs no more: it is readable already.
        var one: UInt64 = 1
        _ = unsafe write(self.writeEnd, &one, MemoryLayout<UInt64>.size)
    }

    /// Makes ``readEnd`` unreadable, until the next signal.
    func clear() {
        var drain: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        _ = unsafe read(self.readEnd, &drain, MemoryLayout.size(ofValue: drain))
    }

    /// Waits for a socket or a signal, which is cleared.
    ///
    /// - Returns: whether the socket has input, and whether it has room for output; an error of the socket counts as both.
    func wait(for socket: Int32, reads: Bool, writes: Bool, milliseconds: Int32) -> (readable: Bool, writable: Bool) {
        let events = (reads ? POLLIN : 0) | (writes ? POLLOUT : 0)
        // Errors are reported even when no event is asked for; a negative descriptor is left out altogether.
        var descriptors = (
            pollfd(fd: events == 0 ? -1 : socket, events: Int16(events), revents: 0),
            pollfd(fd: self.readEnd, events: Int16(POLLIN), revents: 0)
        )
        let ready = unsafe withUnsafeMutableBytes(of: &descriptors) { bytes in
            unsafe bytes.withMemoryRebound(to: pollfd.self) { unsafe poll($0.baseAddress, 2, milliseconds) }
        }
        guard ready > 0 else { return (false, false) }
        if descriptors.1.revents != 0 { self.clear() }
        let found = Int32(descriptors.0.revents)
        let hasFailed = found & (POLLERR | POLLHUP | POLLNVAL) != 0
        return (reads && (hasFailed || found & POLLIN != 0), writes && (hasFailed || found & POLLOUT != 0))
    }

    private static func exhausted() -> TransportError {
        TransportError(.resourceExhausted, message: "the system has no descriptor left for a connection (errno \(errno))")
    }
}
