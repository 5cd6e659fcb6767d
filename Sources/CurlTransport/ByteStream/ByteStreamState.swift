// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import Transport

/// What the users of a stream and its I/O thread share, and what the I/O thread is to do next.
///
/// It does no I/O and reads no clock: a time is the duration since a moment that its user has chosen. The stream keeps it under a lock; the output that is being sent lives outside, with the
/// I/O thread, so that sending holds no lock.
package struct ByteStreamState: ~Copyable {
    /// What the I/O thread is to do.
    package enum Step: Equatable {
        /// Send from the output.
        case send
        /// Receive, which may find nothing.
        case receive
        /// Look for input without waiting.
        case look
        /// Run the jobs of tasks that have come.
        case runJobs
        /// Wait for the socket or a wake-up.
        case wait(Wait)
        /// Tell the handler that there is room again.
        case tellWritable
        /// Tell the handler that its deadline has passed.
        case tellDeadline
        /// Tell the peer that nothing follows, and wait for its end as long as ``ByteStreamState/nextLinger(now:)`` says.
        case endOutput
        /// Close the socket, then tell the handler.
        indirect case finish(TransportError?)
    }

    /// What to wait for.
    package struct Wait: Equatable {
        /// When to go on in any case; `nil` is never.
        package var deadline: Duration?
        /// Whether input ends the wait.
        package var reads: Bool
        /// Whether room for output ends the wait.
        package var writes: Bool

        package init(deadline: Duration?, reads: Bool, writes: Bool) {
            self.deadline = deadline
            self.reads = reads
            self.writes = writes
        }
    }

    /// What the I/O thread knows of the socket.
    package struct Socket: Equatable {
        /// Whether a receive may find something.
        package var mayHaveInput = false
        /// Whether the last send found no room; cleared when there is some.
        package var isSendBlocked = false
        /// Whether the last thing done was a receive.
        package var hasJustReceived = false
        /// Whether the last thing done was to run jobs.
        package var hasJustRunJobs = false
        /// Bytes sent since the socket was last looked at for input.
        package var sentSinceLook = 0

        package init() {}
    }

    private enum Phase: Equatable {
        case connecting  // → open, cancelled, closed
        case cancelled  // → closed
        case open  // → closing, aborted, closed
        case closing(flushDeadline: Duration, reads: Bool)  // → lingering, aborted, closed
        case lingering(deadline: Duration)  // → aborted, closed
        case aborted  // → closed
        case closed
    }

    /// How much may wait to be sent before a writer is told to pause.
    package let highWaterMark: Int
    /// How little must wait before a paused writer is told to go on.
    package let lowWaterMark: Int
    /// How much is sent before the socket is looked at for input.
    package static let sendBound = 256 * 1_024
    /// How long closing may take: to send what waits, and to see the peer's end.
    package static let flushTime = Duration.seconds(5)

    private var phase = Phase.connecting
    private var pending = OutputBuffer()
    private var inFlight = 0
    private var isFull = false
    private var isReadingEnabled = true
    private var hasJobs = false
    private var deadline: Duration?
    /// What the I/O thread waits for; `nil` while it runs, and then will see every change before it waits.
    private var wait: Wait? = Wait(deadline: nil, reads: false, writes: false)
    private var isWakeupUnderway = false

    package init(highWaterMark: Int = 1_024 * 1_024, lowWaterMark: Int = 256 * 1_024) {
        self.highWaterMark = highWaterMark
        self.lowWaterMark = lowWaterMark
    }
}

// MARK: - What the users of the stream do; each answers whether the I/O thread must be woken

extension ByteStreamState {
    package mutating func write(_ bytes: Span<UInt8>) -> (writability: ByteStreamWritability, wakes: Bool) {
        guard self.phase == .open else { return (.closed, false) }
        self.pending.append(bytes)
        if self.buffered > self.highWaterMark { self.isFull = true }
        // A thread that waits for room has older bytes to send first.
        let wakes = !bytes.isEmpty && self.wait?.writes == false && self.beginWakeup()
        return (self.isFull ? .full : .writable, wakes)
    }

    package mutating func setReading(_ isEnabled: Bool) -> Bool {
        self.isReadingEnabled = isEnabled
        return isEnabled && self.wait?.reads == false && self.beginWakeup()
    }

    package mutating func setDeadline(_ deadline: Duration?) -> Bool {
        self.deadline = deadline
        guard let deadline, let wait = self.wait else { return false }
        // A wait that ends too early costs less than a wake-up for each change.
        if let current = wait.deadline, current <= deadline { return false }
        return self.beginWakeup()
    }

    package mutating func close(now: Duration) -> Bool {
        guard self.phase == .open else { return false }
        self.phase = .closing(flushDeadline: now + Self.flushTime, reads: true)
        return self.beginWakeup()
    }

    package mutating func abort() -> Bool {
        switch self.phase {
        case .open, .closing, .lingering: self.phase = .aborted
        case .connecting, .cancelled, .aborted, .closed: return false
        }
        return self.beginWakeup()
    }

    /// Gives up the attempt to connect; an open stream stays open.
    package mutating func cancelConnecting() -> Bool {
        guard self.phase == .connecting else { return false }
        self.phase = .cancelled
        return self.beginWakeup()
    }

    /// A job of a task has come.
    package mutating func jobCame() -> Bool {
        self.hasJobs = true
        return self.beginWakeup()
    }

    private mutating func beginWakeup() -> Bool {
        guard self.wait != nil, !self.isWakeupUnderway else { return false }
        self.isWakeupUnderway = true
        return true
    }
}

// MARK: - What happens on the I/O thread

extension ByteStreamState {
    /// Whether the attempt to connect is to be given up.
    package var isCancelled: Bool { self.phase == .cancelled }

    /// The connection is ready.
    ///
    /// - Returns: whether it is still wanted.
    package mutating func connected() -> Bool {
        guard self.phase == .connecting else { return false }
        self.phase = .open
        self.wait = nil
        self.isWakeupUnderway = false
        return true
    }

    /// The peer will send no more: what waits is sent, then the stream ends.
    package mutating func peerEnded(now: Duration) {
        switch self.phase {
        case .open: self.phase = .closing(flushDeadline: now + Self.flushTime, reads: false)
        case .closing(let flushDeadline, _): self.phase = .closing(flushDeadline: flushDeadline, reads: false)
        case .connecting, .cancelled, .lingering, .aborted, .closed: break
        }
    }

    /// The stream is over; nothing is taken from now on.
    package mutating func ended() {
        self.phase = .closed
        self.pending.removeAll()
        self.inFlight = 0
        self.wait = nil
    }

    /// Decides what comes next.
    ///
    /// - Parameters:
    ///   - output: what is being sent; takes over what waits as soon as it is empty.
    ///   - socket: what is known of the socket.
    ///   - now: the present time.
    /// - Returns: the step; after ``Step/wait(_:)`` any change that matters asks for a wake-up, until the next call.
    package mutating func nextStep(output: inout OutputBuffer, socket: Socket, now: Duration) -> Step {
        self.wait = nil
        self.isWakeupUnderway = false
        self.takePending(into: &output)

        let timer: Duration?
        switch self.phase {
        case .open:
            if let deadline = self.deadline, deadline <= now {
                self.deadline = nil
                return .tellDeadline
            }
            if self.isFull, self.buffered <= self.lowWaterMark {
                self.isFull = false
                return .tellWritable
            }
            timer = self.deadline
        case .closing(let flushDeadline, let reads):
            if output.isEmpty {
                guard reads else { return .finish(nil) }
                self.phase = .lingering(deadline: flushDeadline)
                return .endOutput
            }
            if flushDeadline <= now { return .finish(self.flushTimedOut) }
            timer = flushDeadline
        case .connecting, .cancelled, .lingering, .aborted, .closed: return .finish(nil)
        }

        // Jobs and bytes take turns.
        if self.hasJobs, !socket.hasJustRunJobs {
            self.hasJobs = false
            return .runJobs
        }
        let reads = self.reads
        let canSend = !output.isEmpty && !socket.isSendBlocked
        // Input comes first, since it may tell why output would fail; but one piece at a time.
        if reads, socket.mayHaveInput, !canSend || !socket.hasJustReceived { return .receive }
        if reads, canSend, socket.sentSinceLook >= Self.sendBound { return .look }
        if canSend { return .send }
        if self.hasJobs { return .look }
        let wait = Wait(deadline: timer, reads: reads, writes: !output.isEmpty)
        self.wait = wait
        return .wait(wait)
    }

    /// How much longer the I/O thread waits for the peer once all was sent.
    ///
    /// - Returns: what to wait for, or `nil` when the socket is to be closed.
    package mutating func nextLinger(now: Duration) -> Wait? {
        self.isWakeupUnderway = false
        self.wait = nil
        guard case .lingering(let deadline) = self.phase, now < deadline else { return nil }
        self.wait = Wait(deadline: deadline, reads: true, writes: false)
        return self.wait
    }

    private var buffered: Int { self.pending.count + self.inFlight }

    /// Whether what arrives is wanted.
    package var reads: Bool {
        switch self.phase {
        case .open, .closing(_, reads: true): self.isReadingEnabled
        case .connecting, .cancelled, .closing, .lingering, .aborted, .closed: false
        }
    }

    private var flushTimedOut: TransportError {
        TransportError(.timedOut, message: "closed with \(self.buffered) bytes unsent: the peer took nothing for \(Self.flushTime)")
    }

    private mutating func takePending(into output: inout OutputBuffer) {
        if output.isEmpty {
            if output.capacity > self.highWaterMark * 2 { output.removeAll() }
            if !self.pending.isEmpty { swap(&output, &self.pending) }
        }
        self.inFlight = output.count
    }
}
