// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport

/// What the lock of a ``FaultProxy`` guards.
struct ProxyState: ~Copyable {
    private let brokerPort: Int
    let port: Int
    /// Holds the port, so that it stays ours while nobody listens on it.
    private let reservation: ProxySocket
    private var listener: ProxySocket?
    private var links: [ProxyLink] = []
    private var conditions: [Direction: LinkConditions] = [:]
    private var generator: SeededGenerator
    private var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    private var past = ProxyCounts()
    /// What is to happen to the next links, one after the other.
    var ambushes: [(fault: Fault, point: FramePoint?)] = []
    var stopContinuation: CheckedContinuation<Void, Never>?

    init(brokerPort: Int, seed: UInt64) throws(ProxySocket.Failure) {
        let reservation = try ProxySocket.bound(to: 0)
        self.port = try reservation.port
        self.reservation = reservation
        self.brokerPort = brokerPort
        self.generator = SeededGenerator(seed: seed)
    }

    var counts: ProxyCounts {
        self.links.reduce(into: self.past) { $0.count($1) }
    }

    // MARK: Steering

    mutating func startListening() throws(ProxySocket.Failure) {
        guard self.listener == nil else { return }
        let listener = try ProxySocket.bound(to: self.port)
        try listener.startListening()
        self.listener = consume listener
    }

    mutating func refuse() { self.listener = nil }

    mutating func impose(_ conditions: LinkConditions, on directions: Set<Direction>) {
        for direction in directions {
            self.conditions[direction] = conditions
            for link in self.links { link.impose(conditions, on: direction) }
        }
    }

    mutating func strike(_ fault: Fault, at point: FramePoint?) {
        for link in self.links { link.strike(fault, at: point) }
    }

    mutating func heal() throws(ProxySocket.Failure) {
        self.ambushes = []
        for link in self.links { link.heal() }
        try self.startListening()
    }

    // MARK: Turns

    /// Does all there is to do.
    ///
    /// - Returns: what to wait for, and until when; `nil` when it is to end.
    mutating func turn(at now: ContinuousClock.Instant) -> (sockets: [pollfd], deadline: ContinuousClock.Instant?)? {
        if let continuation = self.stopContinuation.take() {
            self.listener = nil
            for link in self.links { link.strike(.reset, at: nil) }
            self.links = []
            continuation.resume()
            return nil
        }
        self.acceptAll()
        var hasMore = false
        for link in self.links { hasMore = link.turn(at: now, &self.buffer) || hasMore }
        for link in self.links where link.isOver { self.past.count(link) }
        self.links.removeAll(where: \.isOver)
        self.past.links = 0

        var sockets = [self.listener?.interest(reads: true, writes: false)].compactMap(\.self)
        var deadline = hasMore ? now : nil
        for link in self.links {
            let interests = link.interests(at: now)
            sockets += interests.sockets
            deadline = [deadline, interests.deadline].compactMap(\.self).min()
        }
        return (sockets, deadline)
    }

    private mutating func acceptAll() {
        while let client = try? self.listener?.acceptNext() {
            self.past.accepted += 1
            guard let broker = try? ProxySocket.connected(to: self.brokerPort) else {
                self.past.brokerless += 1
                client.resetWhenClosed()
                continue
            }
            let link = ProxyLink(client: client, broker: broker, conditions: self.conditions, seed: self.generator.next())
            if !self.ambushes.isEmpty {
                let ambush = self.ambushes.removeFirst()
                link.strike(ambush.fault, at: ambush.point)
            }
            self.links.append(link)
        }
    }
}

extension ProxyCounts {
    fileprivate mutating func count(_ link: ProxyLink) {
        self.links += 1
        self.strikes += link.strikes
        self.bytesToBroker += link.bytesDelivered(.toBroker)
        self.bytesToClient += link.bytesDelivered(.toClient)
    }
}
