// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The sockets that the I/O thread of an HTTP transport waits for, and whose they are.
///
/// It is not `Sendable`: it belongs to that thread.
final class CurlSocketSet {
    /// A socket that something has happened on.
    struct Ready {
        let descriptor: Int32
        let owner: Int
        let isReadable: Bool
        let isWritable: Bool
    }

    private var descriptors: [pollfd]
    /// Whose a socket is; the first place is that of the wake-up.
    private var owners = [-1]
    private var places: [Int32: Int] = [:]
    private var ready: [Ready] = []

    init(wakeup: Int32) { self.descriptors = [pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)] }

    /// Waits for a socket from now on, or for something else than before.
    func set(_ descriptor: Int32, owner: Int, reads: Bool, writes: Bool) {
        let events = Int16((reads ? POLLIN : 0) | (writes ? POLLOUT : 0))
        if let place = self.places[descriptor] {
            self.descriptors[place].events = events
            self.owners[place] = owner
        } else {
            self.places[descriptor] = self.descriptors.count
            self.descriptors.append(pollfd(fd: descriptor, events: events, revents: 0))
            self.owners.append(owner)
        }
    }

    /// Waits for a socket no more.
    func remove(_ descriptor: Int32) {
        guard let place = self.places.removeValue(forKey: descriptor) else { return }
        let last = self.descriptors.removeLast()
        let owner = self.owners.removeLast()
        guard place < self.descriptors.count else { return }
        self.descriptors[place] = last
        self.owners[place] = owner
        self.places[last.fd] = place
    }

    /// Waits.
    ///
    /// - Parameter milliseconds: how long at most; negative is for ever.
    /// - Returns: whether there was a wake-up, and the sockets that are ready.
    func wait(milliseconds: Int32) -> (isWoken: Bool, sockets: [Ready]) {
        self.ready.removeAll(keepingCapacity: true)
        let count = unsafe self.descriptors.withUnsafeMutableBufferPointer { unsafe poll($0.baseAddress, nfds_t($0.count), milliseconds) }
        guard count > 0 else { return (false, []) }
        for place in self.descriptors.indices.dropFirst() where self.descriptors[place].revents != 0 {
            let found = Int32(self.descriptors[place].revents)
            let events = Int32(self.descriptors[place].events)
            // A failed socket is ready for what is wanted of it, which then tells how it failed.
            let hasFailed = found & (POLLERR | POLLHUP | POLLNVAL) != 0
            self.ready.append(
                Ready(
                    descriptor: self.descriptors[place].fd, owner: self.owners[place],
                    isReadable: events & POLLIN != 0 && (hasFailed || found & POLLIN != 0),
                    isWritable: events & POLLOUT != 0 && (hasFailed || found & POLLOUT != 0)))
        }
        return (self.descriptors[0].revents != 0, self.ready)
    }
}
