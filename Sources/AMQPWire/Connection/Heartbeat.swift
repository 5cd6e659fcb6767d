// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// When a sign of life is due, and when the peer's is overdue (specification, section 4.2.7).
struct Heartbeat {
    /// What is due.
    enum Due: Equatable {
        case nothing
        case send
        case peerSilent(seconds: Int)
    }

    private let interval: Duration
    private var lastSent: MonotonicInstant
    private var lastReceived: MonotonicInstant
    /// Whether nothing is read, so that a silence is this side's doing.
    private var isDeaf = false

    /// - Parameters:
    ///   - seconds: the interval agreed on; 0 means that there are no heartbeats.
    ///   - now: the present, from which both directions count.
    init?(seconds: UInt16, now: MonotonicInstant) {
        guard seconds > 0 else { return nil }
        self.interval = .seconds(seconds)
        self.lastSent = now
        self.lastReceived = now
    }

    mutating func sent(at now: MonotonicInstant) { self.lastSent = now }
    mutating func received(at now: MonotonicInstant) { self.lastReceived = now }

    /// Reading stopped, or began again.
    mutating func readingStopped(_ isStopped: Bool, at now: MonotonicInstant) {
        self.isDeaf = isStopped
        self.lastReceived = now
    }

    private var sendDeadline: MonotonicInstant { self.lastSent + self.interval / 2 }
    private var receiveDeadline: MonotonicInstant { self.lastReceived + self.interval * 2 }

    var nextDeadline: MonotonicInstant {
        self.isDeaf ? self.sendDeadline : min(self.sendDeadline, self.receiveDeadline)
    }

    func due(at now: MonotonicInstant) -> Due {
        if !self.isDeaf, self.receiveDeadline <= now { return .peerSilent(seconds: Int((self.interval * 2).components.seconds)) }
        return self.sendDeadline <= now ? .send : .nothing
    }
}
