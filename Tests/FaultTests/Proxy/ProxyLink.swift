// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A client's connection, the one to the broker that belongs to it, and the two ways between them.
///
/// It is not `Sendable`, and never leaves the proxy's lock.
final class ProxyLink {
    private enum Phase: Equatable {
        case open
        /// Both ends have been told that nothing follows; what they still send is dropped.
        case ending
        case over
    }

    private let client: ProxySocket
    private let broker: ProxySocket
    private var toBroker: ProxyPipe
    private var toClient: ProxyPipe
    private var endedOutputs: Set<Direction> = []
    private var phase = Phase.open
    private var ambush: (fault: Fault, point: FramePoint)?
    /// How many faults have struck.
    private(set) var strikes = 0

    init(client: consuming ProxySocket, broker: consuming ProxySocket, conditions: [Direction: LinkConditions], seed: UInt64) {
        self.client = client
        self.broker = broker
        self.toBroker = ProxyPipe(conditions: conditions[.toBroker] ?? LinkConditions(), seed: seed)
        self.toClient = ProxyPipe(conditions: conditions[.toClient] ?? LinkConditions(), seed: ~seed)
    }

    var isOver: Bool { self.phase == .over }

    func bytesDelivered(_ direction: Direction) -> Int { self[direction].bytesDelivered }

    private subscript(direction: Direction) -> ProxyPipe {
        get { direction == .toBroker ? self.toBroker : self.toClient }
        set { if direction == .toBroker { self.toBroker = newValue } else { self.toClient = newValue } }
    }

    // MARK: Steering

    func impose(_ conditions: LinkConditions, on direction: Direction) { self[direction].conditions = conditions }

    /// Lets a fault happen, now or at a point.
    func strike(_ fault: Fault, at point: FramePoint?) {
        guard self.phase == .open else { return }
        if let point {
            self.ambush = (fault, point)
            self[point.direction].setMark(frames: point.frames, bytes: point.bytes)
            return
        }
        self.strikes += 1
        switch fault {
        case .reset: self.reset()
        case .close: self.end()
        case .silence(let directions): for direction in directions { self[direction].silence() }
        case .stall(let directions): for direction in directions { self[direction].stall() }
        }
    }

    /// Undoes what can be undone; what has lost bytes is reset.
    func heal() {
        self.ambush = nil
        for direction in Direction.allCases {
            self[direction].heal()
            if self[direction].hasLostBytes { self.reset() }
        }
    }

    private func reset() {
        self.client.resetWhenClosed()
        self.broker.resetWhenClosed()
        self.phase = .over
    }

    private func end() {
        self.client.endOutput()
        self.broker.endOutput()
        for direction in Direction.allCases { self[direction].silence() }
        self.phase = .ending
    }

    // MARK: Input and output

    /// Moves what can be moved.
    ///
    /// - Returns: whether it read as much as it could take, so that there may be more.
    func turn(at now: ContinuousClock.Instant, _ buffer: inout [UInt8]) -> Bool {
        var hasMore = false
        for direction in Direction.allCases {
            hasMore = self.read(direction, at: now, &buffer) || hasMore
            self.write(direction, at: now)
        }
        if self.phase == .ending, self.toBroker.inputHasEnded, self.toClient.inputHasEnded { self.phase = .over }
        return hasMore
    }

    private func read(_ direction: Direction, at now: ContinuousClock.Instant, _ buffer: inout [UInt8]) -> Bool {
        guard self.phase != .over, self[direction].wantsInput else { return false }
        let outcome = direction == .toBroker ? self.client.receive(into: &buffer) : self.broker.receive(into: &buffer)
        switch outcome {
        case .bytes(let count):
            self[direction].received(ArraySlice(Array(buffer[..<count])), at: now)
            return count == buffer.count
        case .ended: self[direction].inputEnded()
        case .failed where self[direction].isSilent: self[direction].inputEnded()
        case .failed: self.reset()
        case .wouldBlock: break
        }
        return false
    }

    private func write(_ direction: Direction, at now: ContinuousClock.Instant) {
        while self.phase == .open, let bytes = self[direction].output(at: now) {
            let outcome = direction == .toBroker ? self.broker.send(bytes) : self.client.send(bytes)
            guard case .bytes(let count) = outcome else {
                if outcome == .failed { self.peerOfOutputFailed(direction) }
                break
            }
            self[direction].sent(count, at: now)
            self.springAmbush()
        }
        self.springAmbush()
        guard self.phase == .open, self[direction].outputHasEnded, self.endedOutputs.insert(direction).inserted else { return }
        if direction == .toBroker { self.broker.endOutput() } else { self.client.endOutput() }
        if self.endedOutputs.count == 2 { self.phase = .over }
    }

    /// The end that receives is gone; the other learns of it, unless the way back is silent.
    private func peerOfOutputFailed(_ direction: Direction) {
        if self[direction.opposite].isSilent { self[direction].silence() } else { self.reset() }
    }

    private func springAmbush() {
        guard let ambush = self.ambush, self[ambush.point.direction].isAtMark else { return }
        self.ambush = nil
        self[ambush.point.direction].clearMark()
        self.strike(ambush.fault, at: nil)
    }

    /// What to wait for on the sockets, and until when.
    func interests(at now: ContinuousClock.Instant) -> (sockets: [pollfd], deadline: ContinuousClock.Instant?) {
        let sends = Direction.allCases.filter { self.phase == .open && self[$0].output(at: now) != nil }
        let deadlines = Direction.allCases.filter { !sends.contains($0) }.compactMap { self[$0].nextDeadline }
        return (
            [
                self.client.interest(reads: self.toBroker.wantsInput, writes: sends.contains(.toClient)),
                self.broker.interest(reads: self.toClient.wantsInput, writes: sends.contains(.toBroker)),
            ], self.phase == .open ? deadlines.min() : nil
        )
    }
}
