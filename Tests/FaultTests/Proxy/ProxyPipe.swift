// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// One way of a link: what has come in at one end and has not gone out at the other.
///
/// It does no input or output and knows no clock.
struct ProxyPipe {
    typealias Instant = ContinuousClock.Instant

    private enum Flow { case open, stalled, silent }

    private struct Chunk {
        var bytes: ArraySlice<UInt8>
        var due: Instant
    }

    /// A point that is waited for.
    private struct Mark {
        var frames: Int
        var bytes: Int
    }

    /// It takes no more input while it holds as much as this.
    private static let capacity = 256 * 1024

    var conditions: LinkConditions
    private var flow = Flow.open
    private var held: [Chunk] = []
    private var heldBytes = 0
    private var lastDue: Instant?
    /// When the next byte may go, for a limited rate.
    private var nextFree: Instant?
    private var meter = FrameMeter()
    private var mark: Mark?
    private var generator: SeededGenerator
    /// Whether the end that sends into this way has ended.
    private(set) var inputHasEnded = false
    /// Whether the stream has lost bytes, so that no end can make sense of what would follow.
    private(set) var hasLostBytes = false
    private(set) var bytesDelivered = 0

    init(conditions: LinkConditions, seed: UInt64) {
        self.conditions = conditions
        self.generator = SeededGenerator(seed: seed)
    }

    // MARK: What happens to it

    mutating func silence() {
        self.flow = .silent
        self.hasLostBytes = self.hasLostBytes || !self.held.isEmpty
        self.held = []
        self.heldBytes = 0
    }

    mutating func stall() { if self.flow == .open { self.flow = .stalled } }

    mutating func heal() {
        self.flow = .open
        self.mark = nil
    }

    /// From here on, ``isAtMark`` becomes true when this point is reached; nothing beyond it goes through.
    mutating func setMark(frames: Int, bytes: Int) {
        self.mark = Mark(frames: frames + (self.meter.position > 0 ? 1 : 0), bytes: bytes)
    }

    mutating func clearMark() { self.mark = nil }

    var isSilent: Bool { self.flow == .silent }

    var isAtMark: Bool { self.mark != nil && self.bytesToMark == 0 }

    /// How many bytes may go until the mark, or until more is known of it.
    private var bytesToMark: Int {
        guard let mark = self.mark else { return .max }
        guard mark.frames == 0 else { return self.meter.bytesToNextMark }
        if let length = self.meter.length { return max(0, min(mark.bytes, length - 1) - self.meter.position) }
        return max(0, min(mark.bytes - self.meter.position, self.meter.bytesToNextMark))
    }

    // MARK: Input

    var wantsInput: Bool { !self.inputHasEnded && self.flow != .stalled && self.heldBytes < Self.capacity }

    mutating func received(_ bytes: ArraySlice<UInt8>, at now: Instant) {
        guard self.flow != .silent else {
            self.hasLostBytes = true
            return
        }
        var due = now + self.conditions.latency
        if self.conditions.jitter > .zero {
            due += .nanoseconds(Int64.random(in: 0...Int64(self.conditions.jitter / .nanoseconds(1)), using: &self.generator))
        }
        if let lastDue = self.lastDue { due = max(due, lastDue) }
        self.lastDue = due
        self.held.append(Chunk(bytes: bytes, due: due))
        self.heldBytes += bytes.count
    }

    mutating func inputEnded() { self.inputHasEnded = true }

    // MARK: Output

    /// What may go out now.
    func output(at now: Instant) -> ArraySlice<UInt8>? {
        guard self.flow == .open, let chunk = self.held.first, chunk.due <= now else { return nil }
        var count = min(chunk.bytes.count, self.bytesToMark)
        if let rate = self.conditions.bytesPerSecond {
            if let nextFree = self.nextFree, nextFree > now { return nil }
            count = min(count, max(1, rate / 50))
        }
        return count > 0 ? chunk.bytes.prefix(count) : nil
    }

    /// So much of the output has gone.
    mutating func sent(_ count: Int, at now: Instant) {
        guard let bytes = self.held.first?.bytes.prefix(count), !bytes.isEmpty else { return }
        let frames = self.meter.advance(over: bytes)
        if let mark = self.mark { self.mark?.frames = max(0, mark.frames - frames) }
        self.held[0].bytes.removeFirst(bytes.count)
        if self.held[0].bytes.isEmpty { self.held.removeFirst() }
        self.heldBytes -= bytes.count
        self.bytesDelivered += bytes.count
        if let rate = self.conditions.bytesPerSecond {
            self.nextFree = max(self.nextFree ?? now, now) + .seconds(1) * bytes.count / rate
        }
    }

    /// Whether the end that receives from this way has to be told that nothing follows.
    var outputHasEnded: Bool { self.inputHasEnded && self.held.isEmpty && self.flow == .open }

    /// When there is output, if there is none now; `nil` where time alone brings none.
    var nextDeadline: Instant? {
        guard self.flow == .open, let chunk = self.held.first, self.bytesToMark > 0 else { return nil }
        return self.conditions.bytesPerSecond == nil ? chunk.due : max(chunk.due, self.nextFree ?? chunk.due)
    }
}
