// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What lets another thread end a wait for sockets.
struct Wakeup: ~Copyable, Sendable {
    private let readEnd: Int32
    private let writeEnd: Int32

    init() throws(ProxySocket.Failure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { throw ProxySocket.Failure(call: "pipe", number: errno) }
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        self.readEnd = ends[0]
        self.writeEnd = ends[1]
    }

    deinit {
        _ = close(self.readEnd)
        _ = close(self.writeEnd)
    }

    /// Ends the wait that is under way, or else the next one.
    func signal() {
        var byte: UInt8 = 1
        _ = unsafe write(self.writeEnd, &byte, 1)
    }

    /// Waits for one of the sockets, a signal, or the deadline.
    func wait(with sockets: [pollfd], until deadline: ContinuousClock.Instant?) {
        var descriptors = sockets + [pollfd(fd: self.readEnd, events: Int16(POLLIN), revents: 0)]
        var milliseconds: Int32 = -1
        // Rounded up: a wait that ends too early would only begin again.
        if let deadline { milliseconds = Int32(max(0, (deadline - .now) / .milliseconds(1)).rounded(.up)) }
        _ = unsafe poll(&descriptors, nfds_t(descriptors.count), milliseconds)
        var drain = [UInt8](repeating: 0, count: 64)
        if descriptors.last?.revents != 0 { _ = unsafe read(self.readEnd, &drain, drain.count) }
    }
}
