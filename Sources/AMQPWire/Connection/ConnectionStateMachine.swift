// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A connection to a broker, from the protocol header to the end (specification, sections 2.2.4 and 4.2.2).
///
/// Inputs are what happened, outputs what is to be done; the machine knows no socket, no clock and no task.
package struct ConnectionStateMachine: ~Copyable {
    private enum Phase {
        /// Nothing was sent. Exits: ``streamOpened(at:)`` to `awaitingStart`, the stream's end to `closed`.
        case idle
        /// The protocol header was sent. Exits: `connection.start` to `awaitingTune`; a version, mechanism, deadline or end that ends
        /// it to `closed`.
        case awaitingStart(deadline: MonotonicInstant)
        /// The first credentials were sent; challenges are answered. Exits: `connection.tune` to `awaitingOpenOk`; a refusal, deadline or end to `closed`.
        case awaitingTune(deadline: MonotonicInstant)
        /// The limits and the virtual host were sent. Exits: `connection.open-ok` to `open`; a refusal, deadline or end to `closed`.
        case awaitingOpenOk(deadline: MonotonicInstant)
        /// Exits: ``closeRequested(at:)`` to `closing`; `connection.close`, a violation, silence or the stream's end to `closed`.
        case open
        /// `connection.close` was sent; all but its answer is dropped. Exits, all to `closed`: `connection.close-ok`, the deadline, the
        /// stream's end.
        case closing(deadline: MonotonicInstant)
        /// The end; whatever comes is dropped.
        case closed(AMQPFailure)
    }

    /// What is to be done when the connection has ended.
    package struct Ending: Equatable {
        /// Why; all that waits fails with it.
        package var failure: AMQPFailure
        /// What to write before the stream is closed.
        package var send: AMQPMethod?
        /// Whether what is buffered can still reach the peer: if not, the stream is to be aborted.
        package var isOrderly: Bool

        package init(failure: AMQPFailure, send: AMQPMethod? = nil, isOrderly: Bool = true) {
            self.failure = failure
            self.send = send
            self.isOrderly = isOrderly
        }
    }

    /// What is to be done with a frame of the broker's.
    ///
    /// What is rare and large is held indirectly, so that what is frequent is small.
    package enum FrameAction: Equatable {
        /// Nothing.
        case none
        /// Write this.
        indirect case send(AMQPMethod)
        /// Set the limits, then write these.
        indirect case tune(ConnectionTuning, send: [AMQPMethod])
        /// Write what there is, and tell the one who connects.
        indirect case opened(send: AMQPMethod?)
        /// No message is to be published for now, for this reason.
        case blocked(reason: String)
        /// Messages may be published again.
        case unblocked
        /// The broker has taken a new secret: tell the one who waits, if there is one.
        case secretUpdated(RequestID?)
        /// Hand the frame to its channel.
        case route
        /// Close the stream and tell everybody.
        indirect case end(Ending)
    }

    /// What it was asked for; the mechanism has the newest secret: for the next connection, which is made with these.
    package private(set) var settings: ConnectionSettings
    private var mechanism: any AMQPAuthenticationMechanism
    private var secretUpdates = SecretUpdates()
    /// A secret that came when another had been shown already, and that the broker is to be told of once it has agreed.
    private var untoldSecret: ConnectionUpdateSecret?
    private var phase = Phase.idle
    private var heartbeat: Heartbeat?
    private var channels = ChannelNumbers(maximum: 0)
    private var isBlocked = false
    /// Whether the stream takes no more for now.
    package private(set) var isStreamFull = false
    /// How many bytes were handed to the stream since it has been full.
    private var backlogBytes = 0
    /// What the broker calls itself, once it has said so.
    package private(set) var serverProperties: AMQPTable = [:]

    /// Whether the broker closes with a reason when it refuses credentials.
    private var tellsRefusal: Bool {
        self.serverProperties["capabilities"]?.tableValue?["authentication_failure_close"]?.boolValue ?? false
    }

    package init(settings: ConnectionSettings) {
        self.settings = settings
        self.mechanism = settings.mechanism
    }

    /// Why nothing more can be asked of the connection; `nil` while it is open or will be.
    package var failure: AMQPFailure? {
        switch self.phase {
        case .closed(let failure): failure
        case .closing: .connectionClosed
        default: nil
        }
    }

    /// How many bytes may wait behind a stream that is full; no message is among them, only what the peer or its deliveries asked for.
    package static let maximumBacklogBytes = 8 * 1024 * 1024

    /// Whether messages may be published now.
    package var isGateOpen: Bool { !self.isBlocked && !self.isStreamFull }

    // MARK: The stream

    /// The stream is there: the protocol header is to be written.
    package mutating func streamOpened(at now: MonotonicInstant) {
        guard case .idle = self.phase else { return }
        self.phase = .awaitingStart(deadline: now + self.settings.handshakeTimeout)
    }

    /// Bytes came, whatever they are.
    package mutating func bytesReceived(at now: MonotonicInstant) { self.heartbeat?.received(at: now) }

    /// Bytes were written, whatever they are.
    package mutating func bytesSent(_ count: Int = 0, at now: MonotonicInstant) {
        self.heartbeat?.sent(at: now)
        if self.isStreamFull { self.backlogBytes += count }
    }

    /// This side has stopped reading, or reads again: while it does not, a silent peer is not taken for dead.
    package mutating func readingStopped(_ isStopped: Bool, at now: MonotonicInstant) {
        self.heartbeat?.readingStopped(isStopped, at: now)
    }

    /// The stream takes no more for now, or takes more again.
    package mutating func streamFilled(_ isFull: Bool) {
        self.isStreamFull = isFull
        if !isFull { self.backlogBytes = 0 }
    }

    /// What to do about a peer that asks for more and more and reads nothing; `nil` as long as that is bearable.
    package mutating func backlogExceeded() -> Ending? {
        guard self.backlogBytes > Self.maximumBacklogBytes, self.failure == nil else { return nil }
        let violation = ProtocolViolation(.resourceError, "it asks for more answers than it reads: \(self.backlogBytes) bytes wait")
        self.phase = .closed(.violation(violation))
        return Ending(failure: .violation(violation), isOrderly: false)
    }

    /// The stream ended: because the peer ended it in order, or because it broke.
    ///
    /// - Returns: why the connection did, or `nil` when it had before.
    package mutating func streamClosed(isOrderly: Bool) -> AMQPFailure? {
        let failure: AMQPFailure
        switch self.phase {
        case .closed: return nil
        case .closing: failure = .connectionClosed
        // Without RabbitMQ's `authentication_failure_close`, this is how a broker refuses credentials (section 2.2.4).
        case .awaitingTune where isOrderly && !self.tellsRefusal: failure = .authenticationRefused(reason: nil)
        // RabbitMQ closes without a word on limits that it does not agree to, as 4.1 does on frames shorter than 8192 bytes.
        case .awaitingOpenOk where isOrderly: failure = .limitsNotAnswered
        case .idle, .awaitingStart, .awaitingTune, .awaitingOpenOk, .open: failure = .streamEnded
        }
        self.phase = .closed(failure)
        return failure
    }

    /// Bytes came that cannot be decoded, or a channel found a breach of the protocol.
    package mutating func violated(_ violation: ProtocolViolation) -> FrameAction {
        switch self.phase {
        case .closed:
            return .none
        case .closing:
            return self.end(.connectionClosed)
        case .open:
            let close = ConnectionClose(replyCode: violation.replyCode, replyText: violation.text)
            return self.end(.violation(violation), send: .connectionClose(close))
        case .idle, .awaitingStart, .awaitingTune, .awaitingOpenOk:
            // What may not speak AMQP at all is not told.
            return self.end(.handshakeViolation(violation))
        }
    }

    // MARK: Channels

    /// What is to be done to open a channel.
    package enum ChannelAction: Equatable {
        /// Open the channel of this number.
        case open(UInt16)
        /// Tell the caller.
        case fail(AMQPFailure)
    }

    /// A channel is to be opened.
    package mutating func channelRequested() -> ChannelAction {
        guard case .open = self.phase else { return .fail(self.failure ?? .connectionClosed) }
        guard let number = self.channels.take() else { return .fail(.channelsExhausted(maximum: self.channels.maximum)) }
        return .open(number)
    }

    /// A channel of the connection before this one is to be opened again under its number.
    ///
    /// - Returns: why it cannot be; `nil` when it can.
    package mutating func channelRequested(_ number: UInt16) -> AMQPFailure? {
        guard case .open = self.phase else { return self.failure ?? .connectionClosed }
        return self.channels.take(number) ? nil : .channelsExhausted(maximum: self.channels.maximum)
    }

    /// A channel is closed on both sides: its number may be used again.
    package mutating func channelReleased(_ number: UInt16) { self.channels.release(number) }

    // MARK: Frames

    /// A frame came on a channel other than 0.
    package mutating func frameReceived(onChannel number: UInt16) -> FrameAction {
        switch self.phase {
        case .open: self.channels.contains(number) ? .route : self.violated(.unknownChannel(number))
        case .closing, .closed: .none
        default: self.violated(.unexpectedFrame("a frame for channel \(number) before the connection is open"))
        }
    }

    /// A frame of the connection itself came that is neither a method nor a heartbeat.
    package mutating func contentReceived() -> FrameAction {
        switch self.phase {
        case .closing, .closed: .none
        default: self.violated(.unexpectedFrame("a content on channel 0"))
        }
    }

    /// A heartbeat came; that bytes came was told before.
    package mutating func heartbeatReceived(onChannel number: UInt16) -> FrameAction {
        number == 0 ? .none : self.violated(.unexpectedFrame("a heartbeat on channel \(number)"))
    }

    /// A protocol header came: the peer refuses this side's version, and names its own (section 4.2.2).
    package mutating func protocolHeaderReceived(_ version: AMQPProtocolVersion) -> FrameAction {
        guard case .awaitingStart = self.phase else { return self.violated(.unexpectedFrame("a protocol header")) }
        return self.end(.versionNotSupported(version))
    }

    /// A method came on channel 0.
    package mutating func received(_ method: AMQPMethod, at now: MonotonicInstant) -> FrameAction {
        switch (self.phase, method) {
        case (.closed, _):
            return .none
        case (.closing, .connectionCloseOk):
            return self.end(.connectionClosed)
        case (.closing, .connectionClose):
            // Both closed at a time: answer, and do not wait for an answer that may not come.
            return self.end(.connectionClosed, send: .connectionCloseOk(ConnectionCloseOk()))
        case (.closing, _):
            return .none
        case (_, .connectionClose(let close)):
            return self.closedByPeer(close)
        case (.awaitingStart(let deadline), .connectionStart(let start)):
            return self.started(start, deadline)
        case (.awaitingTune(let deadline), .connectionTune(let tune)):
            return self.tuned(tune, deadline, at: now)
        case (.awaitingTune, .connectionSecure(let secure)):
            return self.challenged(secure)
        case (.awaitingOpenOk, .connectionOpenOk):
            self.phase = .open
            return .opened(send: self.untoldSecret.take().map { self.tell($0) })
        case (.open, .connectionBlocked(let blocked)):
            self.isBlocked = true
            return .blocked(reason: blocked.reason)
        case (.open, .connectionUpdateSecretOk):
            return self.secretUpdated()
        case (.open, .connectionUnblocked):
            self.isBlocked = false
            return .unblocked
        default:
            return self.violated(.unexpectedMethod("a method that makes no sense at this point"))
        }
    }

    private mutating func started(_ start: ConnectionStart, _ deadline: MonotonicInstant) -> FrameAction {
        guard start.versionMajor == 0, start.versionMinor == 9 else {
            return self.end(.versionNotSupported(AMQPProtocolVersion(major: start.versionMajor, minor: start.versionMinor, revision: 0)))
        }
        let name = self.mechanism.name
        guard start.mechanisms.split(separator: " ").contains(where: { $0 == name }) else {
            return self.end(.mechanismNotOffered(name, offered: start.mechanisms))
        }
        self.serverProperties = start.serverProperties
        do {
            let response = try self.mechanism.initialResponse()
            self.phase = .awaitingTune(deadline: deadline)
            return .send(
                .connectionStartOk(
                    ConnectionStartOk(clientProperties: self.settings.clientProperties, mechanism: name, response: response)))
        } catch {
            return self.end(.authenticationAbandoned(error))
        }
    }

    private mutating func challenged(_ secure: ConnectionSecure) -> FrameAction {
        do {
            return .send(.connectionSecureOk(ConnectionSecureOk(response: try self.mechanism.response(to: secure.challenge))))
        } catch {
            return self.end(.authenticationAbandoned(error))
        }
    }

    private mutating func tuned(
        _ tune: ConnectionTune, _ deadline: MonotonicInstant, at now: MonotonicInstant
    ) -> FrameAction {
        let tuning: ConnectionTuning
        do { tuning = try ConnectionTuning(proposal: tune, settings: self.settings) } catch { return self.end(error) }
        self.phase = .awaitingOpenOk(deadline: deadline)
        self.channels = ChannelNumbers(maximum: tuning.channelMaximum)
        self.heartbeat = Heartbeat(seconds: tuning.heartbeatSeconds, now: now)
        let tuneOk = ConnectionTuneOk(
            channelMax: tuning.channelMaximum, frameMax: tuning.frameMaximum, heartbeat: tuning.heartbeatSeconds)
        return .tune(tuning, send: [.connectionTuneOk(tuneOk), .connectionOpen(ConnectionOpen(virtualHost: self.settings.virtualHost))])
    }

    // MARK: The secret

    /// What is to be done with a new secret.
    package enum SecretAction: Equatable {
        /// Write this, and wait for the answer.
        case send(AMQPMethod)
        /// Tell the caller that the connection is made with it: there is none at present.
        case succeed
        /// Tell the caller.
        case fail(AMQPFailure)
    }

    /// The broker is to be told of a new secret.
    ///
    /// Not to be asked of a connection that has ended for good.
    package mutating func secretUpdateRequested(
        _ id: RequestID, _ secret: AMQPSecret, reason: String, deadline: MonotonicInstant
    ) -> SecretAction {
        let method = ConnectionUpdateSecret(newSecret: secret, reason: reason)
        switch self.phase {
        case .open:
            return .send(self.tell(method, for: (id, deadline)))
        case .closing:
            return .fail(.connectionClosed)
        case .awaitingTune, .awaitingOpenOk:
            self.untoldSecret = method
        case .idle, .awaitingStart, .closed:
            self.mechanism.secretUpdated(secret)
        }
        self.settings.mechanism.secretUpdated(secret)
        return .succeed
    }

    private mutating func tell(
        _ method: ConnectionUpdateSecret, for waiter: (id: RequestID, deadline: MonotonicInstant)? = nil
    ) -> AMQPMethod {
        self.secretUpdates.add(method.newSecret, for: waiter)
        return .connectionUpdateSecret(method)
    }

    /// The connection is lost, and the next one is to be made with the newest secret, whether the broker has heard of it or not.
    ///
    /// - Returns: whether that is so; not where the broker has refused a secret, which it closes the connection for (RabbitMQ: 530).
    package mutating func secretUpdatesSuspended() -> Bool {
        guard let newest = self.secretUpdates.newest else { return true }
        if case .connectionClosedByPeer(let close)? = self.failure, close.replyCode == .notAllowed { return false }
        self.settings.mechanism.secretUpdated(newest)
        return true
    }

    /// The one who waits for the broker to take a secret went away; says whether it was there.
    package mutating func secretUpdateCancelled(_ id: RequestID) -> Bool { self.secretUpdates.abandon(id) }

    /// Time passed.
    ///
    /// - Returns: who has waited too long for the broker to take a secret. It may take it yet.
    package mutating func secretUpdatesExpired(at now: MonotonicInstant) -> [RequestID] { self.secretUpdates.expired(at: now) }

    private mutating func secretUpdated() -> FrameAction {
        guard let update = self.secretUpdates.answered() else {
            return self.violated(.unexpectedMethod("an answer to a new secret that was not sent"))
        }
        self.settings.mechanism.secretUpdated(update.secret)
        return .secretUpdated(update.id)
    }

    // MARK: The end

    /// The connection is to be closed.
    ///
    /// - Returns: what to write, after which all that waits is told; `nil` when the connection is not open.
    package mutating func closeRequested(at now: MonotonicInstant) -> AMQPMethod? {
        guard case .open = self.phase else { return nil }
        self.phase = .closing(deadline: now + self.settings.closeTimeout)
        return .connectionClose(ConnectionClose(replyCode: .replySuccess, replyText: "done"))
    }

    /// The one who connects went away.
    ///
    /// - Returns: what to do, or `nil` when the handshake was faster, or has failed.
    package mutating func openingCancelled() -> Ending? {
        switch self.phase {
        case .idle, .awaitingStart, .awaitingTune, .awaitingOpenOk:
            self.phase = .closed(.cancelled)
            return Ending(failure: .cancelled, isOrderly: false)
        case .open, .closing, .closed:
            return nil
        }
    }

    /// The connection stands, and does not do: what a lost one had cannot be made anew on it.
    ///
    /// - Returns: what to do, or `nil` when it has ended before.
    package mutating func recoveryAbandoned(_ failure: AMQPFailure) -> Ending? {
        if case .closed = self.phase { return nil }
        self.phase = .closed(failure)
        return Ending(failure: failure, isOrderly: false)
    }

    /// What was to be written cannot be encoded.
    package mutating func notEncoded(_ error: AMQPWireError) -> FrameAction {
        if case .closed = self.phase { return .none }
        return self.end(.notEncodable(error))
    }

    private mutating func closedByPeer(_ close: ConnectionClose) -> FrameAction {
        let failure: AMQPFailure
        if case .awaitingTune = self.phase, close.replyCode == .accessRefused {
            failure = .authenticationRefused(reason: close.replyText)
        } else {
            failure = .connectionClosedByPeer(
                PeerClose(replyCode: close.replyCode, replyText: close.replyText, classID: close.classID, methodID: close.methodID))
        }
        return self.end(failure, send: .connectionCloseOk(ConnectionCloseOk()))
    }

    private mutating func end(_ failure: AMQPFailure, send: AMQPMethod? = nil) -> FrameAction {
        self.phase = .closed(failure)
        return .end(Ending(failure: failure, send: send))
    }

    // MARK: Time

    /// What is to be done when time has passed.
    package enum DeadlineAction: Equatable {
        /// Nothing.
        case none
        /// Write a heartbeat.
        case sendHeartbeat
        /// Close the stream and tell everybody.
        case end(Ending)
    }

    /// When ``deadlinePassed(at:)`` is to be called next.
    package var nextDeadline: MonotonicInstant? {
        switch self.phase {
        case .awaitingStart(let deadline), .awaitingTune(let deadline), .awaitingOpenOk(let deadline), .closing(let deadline): deadline
        case .open: [self.heartbeat?.nextDeadline, self.secretUpdates.nextDeadline].compactMap { $0 }.min()
        case .idle, .closed: nil
        }
    }

    /// Time passed.
    package mutating func deadlinePassed(at now: MonotonicInstant) -> DeadlineAction {
        switch self.phase {
        case .awaitingStart(let deadline), .awaitingTune(let deadline), .awaitingOpenOk(let deadline):
            return deadline <= now ? self.abandon(.handshakeTimedOut) : .none
        case .closing(let deadline):
            return deadline <= now ? self.abandon(.connectionClosed) : .none
        case .open:
            switch self.heartbeat?.due(at: now) {
            case .peerSilent(let seconds)?: return self.abandon(.peerSilent(seconds: seconds))
            case .send?: return .sendHeartbeat
            case .nothing?, nil: return .none
            }
        case .idle, .closed:
            return .none
        }
    }

    private mutating func abandon(_ failure: AMQPFailure) -> DeadlineAction {
        self.phase = .closed(failure)
        return .end(Ending(failure: failure, isOrderly: false))
    }
}
