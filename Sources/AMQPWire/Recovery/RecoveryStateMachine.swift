// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What becomes of a connection over its losses: when to try again, when to give up, and when all is as it was.
///
/// Inputs are what happened, outputs what is to be done; the machine knows no socket, no clock and no task. A *round* tries every
/// endpoint once, without a pause in between; before each round stands a pause.
package struct RecoveryStateMachine: ~Copyable {
    private enum Phase: Equatable {
        /// The first connection is being made. Exits: ``connectionOpened(at:)`` to `connected`; its end to `ended`.
        case idle
        /// Exits: a loss to `lost`; an end that was asked for to `ended`.
        case connected
        /// The connection is lost, and nobody has looked after it yet. Exits: ``roundRequested(at:jitter:)`` to `pausing`, or to `ended`
        /// when there were attempts enough.
        case lost
        /// Exit: the deadline, to `connecting`.
        case pausing(until: MonotonicInstant)
        /// Streams are opened and handshakes made, one endpoint after the other. Exits: ``connectionOpened(at:)`` to `redeclaring`; the
        /// last endpoint's failure to `lost`.
        case connecting
        /// The broker has agreed to the connection: queues and exchanges are declared again. Exits: ``topologyRedeclared(_:at:)`` to
        /// `reopening`, or to `connected` when there are no channels; a loss to `lost`.
        case redeclaring
        /// Exits: the last channel to `connected`; a loss or the deadline to `lost`.
        case reopening(channels: Set<UInt16>, deadline: MonotonicInstant)
        /// The end. Nothing is tried any more.
        case ended
    }

    /// What a recovery took.
    package struct Summary: Hashable, Sendable {
        /// How many rounds it took.
        package var attempts: Int
        /// How long the connection was away.
        package var duration: Duration

        package init(attempts: Int, duration: Duration) {
            self.attempts = attempts
            self.duration = duration
        }
    }

    /// What is to be done when a connection, or an attempt at one, has ended.
    package enum EndAction: Equatable {
        /// Keep what can be kept: it will be back.
        case suspend
        /// Tell everybody: this is the end.
        case end
    }

    /// What is to be done next for a connection that is away.
    package enum RoundAction: Equatable {
        /// Wait until then, and begin a round; this is its number.
        case pause(until: MonotonicInstant, attempt: Int)
        /// Give up: everything that waits fails with the cause.
        case giveUp
        /// Nothing: the connection is there, or has ended for good.
        case none
    }

    /// What is to be done while channels are being opened again.
    package enum ReopenAction: Equatable {
        /// Wait for the others.
        case wait
        /// Tell that the connection is as it was.
        case recovered(Summary)
    }

    private let settings: RecoverySettings?
    private var phase = Phase.idle
    /// Failed rounds in a row; a connection that did not last counts as one.
    private var attempts = 0
    /// Since when the connection is as it should be.
    private var openedAt: MonotonicInstant?
    /// Since when it is not.
    private var lostAt: MonotonicInstant?

    /// - Parameter settings: `nil` for a connection that ends with its first loss.
    package init(settings: RecoverySettings?) { self.settings = settings }

    /// Whether the connection has ended for good, or is about to.
    package var hasEnded: Bool { self.phase == .ended }

    /// Whether the connection is away, and will be back.
    package var isAway: Bool {
        switch self.phase {
        case .idle, .connected, .ended: false
        case .lost, .pausing, .connecting, .redeclaring, .reopening: true
        }
    }

    /// Whether nobody has looked after a loss yet.
    package var isLost: Bool { self.phase == .lost }

    /// Whether it is time to call on the endpoints.
    package var isConnecting: Bool { self.phase == .connecting }

    // MARK: The connection

    /// The broker has agreed to the connection.
    ///
    /// - Returns: whether what was there before is to be made anew.
    package mutating func connectionOpened(at now: MonotonicInstant) -> Bool {
        switch self.phase {
        case .idle:
            self.openedAt = now
            self.phase = .connected
            return false
        case .connecting:
            self.phase = .redeclaring
            return true
        case .connected, .lost, .pausing, .redeclaring, .reopening, .ended:
            return false
        }
    }

    /// The connection, or an attempt at one, has ended.
    package mutating func connectionEnded(_ failure: AMQPFailure) -> EndAction {
        switch self.phase {
        case .ended:
            return .end
        case .connected where self.settings != nil && failure != .connectionClosed:
            self.phase = .lost
            return .suspend
        case .redeclaring, .reopening, .lost:
            self.phase = .lost
            return .suspend
        case .connecting, .pausing:
            // The next endpoint's turn, or the next round's.
            return .suspend
        case .idle, .connected:
            self.phase = .ended
            return .end
        }
    }

    /// This side wants no connection any more, or nobody is left to look after it.
    ///
    /// - Returns: whether there is none at present, so that everything is to end at once.
    package mutating func closeRequested() -> Bool {
        defer { self.phase = .ended }
        return self.isAway
    }

    // MARK: Rounds

    /// Whoever looks after a lost connection asks what to do.
    ///
    /// - Parameters:
    ///   - now: the present.
    ///   - jitter: a random number, at least 0 and below 1.
    package mutating func roundRequested(at now: MonotonicInstant, jitter: Double) -> RoundAction {
        guard case .lost = self.phase, let settings = self.settings else { return .none }
        if self.lostAt == nil { self.lostAt = now }
        if let openedAt = self.openedAt.take() {
            // One that did not last is no success, or a broker that accepts and drops connections would be called on without a pause.
            self.attempts = now - openedAt < settings.maximumDelay ? self.attempts : 0
        }
        if let maximum = settings.maximumAttempts, self.attempts >= maximum {
            self.phase = .ended
            return .giveUp
        }
        self.attempts += 1
        let deadline = now + settings.delay(before: self.attempts, jitter: jitter)
        self.phase = .pausing(until: deadline)
        return .pause(until: deadline, attempt: self.attempts)
    }

    /// No endpoint of a round has agreed to a connection.
    package mutating func roundFailed() {
        if case .connecting = self.phase { self.phase = .lost }
    }

    // MARK: What was there before

    /// The broker has refused to declare something again, or may refuse a consumer, because a connection holds it exclusively.
    ///
    /// - Returns: whether that may be the lost connection, whose end the broker has not noticed: then the attempt is to start over.
    package func isRefusalOfTheLost(at now: MonotonicInstant) -> Bool {
        guard let settings = self.settings, let lostAt = self.lostAt else { return false }
        return now - lostAt < settings.lockTimeout
    }

    /// What could be declared again has been.
    ///
    /// - Parameters:
    ///   - channels: those that are being opened again.
    ///   - now: the present.
    package mutating func topologyRedeclared(reopening channels: Set<UInt16>, at now: MonotonicInstant) -> ReopenAction {
        guard case .redeclaring = self.phase else { return .wait }
        guard !channels.isEmpty else { return self.recovered(at: now) }
        self.reopen(channels, at: now)
        return .wait
    }

    /// A channel is as it was, or has ended on the way.
    package mutating func channelSettled(_ number: UInt16, at now: MonotonicInstant) -> ReopenAction {
        guard case .reopening(var channels, _) = self.phase, channels.remove(number) != nil else { return .wait }
        guard !channels.isEmpty else { return self.recovered(at: now) }
        self.reopen(channels, at: now)
        return .wait
    }

    /// The broker has answered for a channel, which is not as it was yet: as long as it answers, it is not too slow.
    package mutating func channelAdvanced(_ number: UInt16, at now: MonotonicInstant) {
        guard case .reopening(let channels, _) = self.phase, channels.contains(number) else { return }
        self.reopen(channels, at: now)
    }

    private mutating func reopen(_ channels: Set<UInt16>, at now: MonotonicInstant) {
        self.phase = .reopening(channels: channels, deadline: now + (self.settings?.reopenTimeout ?? .zero))
    }

    private mutating func recovered(at now: MonotonicInstant) -> ReopenAction {
        let summary = Summary(attempts: self.attempts, duration: now - (self.lostAt.take() ?? now))
        self.openedAt = now
        self.phase = .connected
        return .recovered(summary)
    }

    // MARK: Time

    /// What is due.
    package enum DeadlineAction: Equatable {
        /// Nothing.
        case none
        /// Begin the round.
        case connect
        /// End the attempt: the broker has not answered for the channels.
        case abandon
    }

    /// When ``deadlinePassed(at:)`` is to be called next.
    package var nextDeadline: MonotonicInstant? {
        switch self.phase {
        case .pausing(let deadline), .reopening(_, let deadline): deadline
        case .idle, .connected, .lost, .connecting, .redeclaring, .ended: nil
        }
    }

    /// Time passed.
    package mutating func deadlinePassed(at now: MonotonicInstant) -> DeadlineAction {
        switch self.phase {
        case .pausing(let deadline) where deadline <= now:
            self.phase = .connecting
            return .connect
        case .reopening(_, let deadline) where deadline <= now:
            return .abandon
        default:
            return .none
        }
    }
}
