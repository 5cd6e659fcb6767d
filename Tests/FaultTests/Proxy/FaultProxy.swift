// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization

/// A TCP proxy between client and broker that lets happen to their links what a network, or a host, can do to them.
///
/// Both of its sides are on loopback. A thread of its own moves the bytes; each member takes effect before it returns: nothing
/// that the proxy receives later is treated as before. The same seed gives the same delays.
final class FaultProxy: Sendable {
    /// The port to connect to.
    let port: Int
    private let state: Mutex<ProxyState>
    private let wakeup: Wakeup

    /// Runs with a proxy to a port of this host, and ends it afterwards with all its links.
    static func with<Result>(to brokerPort: Int, seed: UInt64 = 1, _ body: (FaultProxy) async throws -> Result) async throws -> Result {
        let proxy = try FaultProxy(to: brokerPort, seed: seed)
        Thread { proxy.run() }.start()
        do {
            let result = try await body(proxy)
            await proxy.stop()
            return result
        } catch {
            await proxy.stop()
            throw error
        }
    }

    private init(to brokerPort: Int, seed: UInt64) throws {
        self.wakeup = try Wakeup()
        var state = try ProxyState(brokerPort: brokerPort, seed: seed)
        self.port = state.port
        try state.startListening()
        self.state = Mutex(state)
    }

    // MARK: Steering

    /// How each way of all links, those to come included, behaves from now on.
    func impose(_ conditions: LinkConditions, on directions: Set<Direction> = Set(Direction.allCases)) {
        self.steer { $0.impose(conditions, on: directions) }
    }

    /// Lets a fault happen to all links that there are, now or as soon as the point is reached; a second one takes the place of one
    /// that has not happened yet.
    func strike(_ fault: Fault, at point: FramePoint? = nil) {
        self.steer { $0.strike(fault, at: point) }
    }

    /// Lets a fault happen to each of the next links, as soon as it is there or its point is reached.
    func ambush(_ fault: Fault, at point: FramePoint? = nil, links: Int = 1) {
        self.steer { $0.ambushes += Array(repeating: (fault, point), count: links) }
    }

    /// Refuses new connections, until it is healed.
    func refuse() {
        self.steer { $0.refuse() }
    }

    /// Ends all refusing, silence and stalling, and forgets faults that have not happened yet; what has lost bytes is reset.
    ///
    /// Conditions stay.
    func heal() throws {
        try self.state.withLock { state in try state.heal() }
        self.wakeup.signal()
    }

    var counts: ProxyCounts { self.state.withLock { $0.counts } }

    private func steer(_ change: (inout ProxyState) -> Void) {
        self.state.withLock { change(&$0) }
        self.wakeup.signal()
    }

    // MARK: The thread

    private func run() {
        while let waiting = self.state.withLock({ $0.turn(at: .now) }) {
            self.wakeup.wait(with: waiting.sockets, until: waiting.deadline)
        }
    }

    /// Ends all links, and returns when the thread is done with them.
    private func stop() async {
        await withCheckedContinuation { continuation in
            self.steer { $0.stopContinuation = continuation }
        }
    }
}
