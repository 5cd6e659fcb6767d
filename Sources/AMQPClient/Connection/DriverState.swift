// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Transport

/// What the lock of a ``ConnectionDriver`` guards: the state machines, the codec, the stream, and those who wait.
///
/// It carries out what the machines say and decides nothing. Nothing in it wakes anybody: that is gathered in an ``Aftermath``.
struct DriverState: ~Copyable {
    /// The output is handed to the stream in pieces of about this size.
    private static let outputBytes = 64 * 1024

    var connection: ConnectionStateMachine
    var decoder = FrameDecoder()
    /// Before the limits are negotiated it goes up to 8192 bytes, as RabbitMQ 4.1 does, so that a long token finds room.
    private(set) var encoder = FrameEncoder(maximumFrameSize: 8_192)
    /// What both sides agreed on, once they have.
    private(set) var tuning: ConnectionTuning?
    private var output: [UInt8] = []
    private var stream: (any ByteStream)?
    /// The number of the stream, or of the attempt at one; what comes from another is not looked at.
    private(set) var streamNumber: UInt64 = 0
    /// The deadline that is set at the stream, or at the ``timekeeper`` while there is none.
    private(set) var timer: MonotonicInstant? {
        didSet { self.timerVersion &+= 1 }
    }
    /// Counts the changes of ``timer``.
    private(set) var timerVersion: UInt64 = 0
    /// The channels by number; there is none at 0.
    ///
    /// One that is closed stays until its number is used again, so that late callers learn why it was closed.
    private(set) var channels: [ChannelRecord?] = [nil]
    private var lastSerial: UInt64 = 0
    private let maximumBodyBytes: Int
    var recovery: RecoveryStateMachine
    /// Whether messages without a confirm are kept, to be sent again when the connection is lost.
    let isRepublishing: Bool
    /// What is to be declared again when the connection is lost.
    var topology = Topology()
    /// The channel on which that is done, while it is: no other is open then.
    var topologyChannel: ChannelRecord?
    var current: AMQPConnectionState
    /// Counts the changes of ``current``.
    var stateVersion: UInt64 = 1
    /// Those who wait for ``current`` to change.
    var stateContinuations: [RequestID: Aftermath.Wakeup] = [:]
    /// Those who wait for the connection to be there.
    var connectedContinuations: [RequestID: (continuation: Aftermath.ConnectContinuation, deadline: MonotonicInstant)] = [:]
    /// The one who looks after the connection, as long as there is nothing to do.
    var keeper: Aftermath.Wakeup?
    /// The one who looks at the clock while there is no stream to do it, with the version of the timer that it knows of.
    var timekeeper: (continuation: Aftermath.Wakeup, version: UInt64)?
    /// How many channels have a reason to stop reading.
    private var readingStops = 0
    /// Whether nothing is read at present.
    var isReadingStopped: Bool { self.readingStops > 0 }
    var openContinuation: Aftermath.ConnectContinuation?
    var closeContinuation: Aftermath.ConnectContinuation?
    /// Those who wait for the end, whatever its cause.
    var endContinuations: [RequestID: Aftermath.ConnectContinuation] = [:]
    /// Those who wait for the broker to take a new secret.
    var secretContinuations: [RequestID: Aftermath.ConnectContinuation] = [:]
    /// Why everything fails from now on: the connection has ended, or is being closed by this side.
    private(set) var endError: AMQPError?
    /// Why the connection, or the last attempt at one, has ended; what still comes from its stream is not looked at.
    private(set) var lossError: AMQPError?
    /// Whether there is no connection, and no attempt at one, so that what still comes is not looked at.
    var isOver: Bool { self.lossError != nil }
    /// Whether there is a stream, which has the timer then.
    var hasStream: Bool { self.stream != nil }

    init(_ configuration: AMQPConfiguration, endpoint: AMQPEndpoint, settings: ConnectionSettings) {
        self.connection = ConnectionStateMachine(settings: settings)
        self.maximumBodyBytes = configuration.maximumBodyBytes
        self.recovery = RecoveryStateMachine(settings: configuration.recoverySettings)
        self.isRepublishing = configuration.recovery?.unconfirmedPublishes == .republish
        self.current = AMQPConnectionState(phase: .connected, endpoint: endpoint)
    }

    // MARK: Channels

    /// Makes the record of a channel whose number the connection's machine gave out.
    mutating func addChannel(_ number: UInt16) -> ChannelRecord {
        self.lastSerial += 1
        let record = ChannelRecord(
            reference: ChannelReference(number: number, serial: self.lastSerial), maximumBodyBytes: self.maximumBodyBytes,
            isKeepingPublishes: self.isRepublishing)
        while self.channels.count <= Int(number) { self.channels.append(nil) }
        self.channels[Int(number)] = record
        return record
    }

    /// Makes the record of the channel on which what was declared is declared again.
    mutating func addTopologyChannel(_ number: UInt16) -> ChannelRecord {
        self.lastSerial += 1
        let record = ChannelRecord(
            reference: ChannelReference(number: number, serial: self.lastSerial), maximumBodyBytes: self.maximumBodyBytes)
        self.topologyChannel = record
        return record
    }

    /// The channel that a reference was made for.
    func channel(_ reference: ChannelReference) throws(AMQPError) -> ChannelRecord {
        if let error = self.endError { throw error }
        if let record = self.topologyChannel, record.reference == reference { return record }
        guard Int(reference.number) < self.channels.count, let record = self.channels[Int(reference.number)],
            record.reference == reference
        else {
            throw AMQPError(failure: .channelClosed)
        }
        return record
    }

    /// The error that a user is to see for a machine's failure; the connection's end is the better reason, if it has ended.
    func error(for failure: AMQPFailure) -> AMQPError { self.endError ?? AMQPError(failure: failure) }

    // MARK: Output

    /// Takes the stream of the present attempt, and with it the timer.
    mutating func attach(_ stream: any ByteStream) {
        self.stream = stream
        if let timer = self.timer { stream.setDeadline(timer.continuous) }
    }

    mutating func writeProtocolHeader() { FrameEncoder.encodeProtocolHeader(into: &self.output) }

    mutating func writeHeartbeat() { FrameEncoder.encodeHeartbeat(into: &self.output) }

    mutating func tune(_ tuning: ConnectionTuning) {
        self.tuning = tuning
        self.decoder.maximumFrameSize = Int(tuning.frameMaximum)
        self.encoder = FrameEncoder(maximumFrameSize: tuning.frameMaximum)
    }

    /// Appends a method of the machines' own making, or one that was found to be encodable.
    mutating func write(_ method: AMQPMethod, channel: UInt16, _ aftermath: inout Aftermath) {
        do {
            let translated = self.topology.names.isEmpty ? method : self.topology.names.outgoing(method)
            try self.encoder.encode(translated, channel: channel, into: &self.output)
        } catch {
            // The virtual host and the credentials are the only ones that can be too long.
            self.carryOut(self.connection.notEncoded(error), &aftermath)
        }
    }

    /// Says whether a method can be encoded, before its channel's machine counts on it.
    mutating func checkEncodable(_ method: AMQPMethod) throws(AMQPError) {
        let start = self.output.count
        do { try self.encoder.encode(method, channel: 1, into: &self.output) } catch { throw AMQPError(failure: .notEncodable(error)) }
        self.output.removeLast(self.output.count - start)
    }

    /// Appends a message; nothing is appended when it throws.
    mutating func write(_ message: OutgoingMessage, channel: UInt16) throws(AMQPWireError) {
        let method = self.topology.names.isEmpty ? message.method : self.topology.names.outgoing(message.method)
        try self.encoder.encode(
            method, properties: message.properties, body: message.body, channel: channel, into: &self.output)
    }

    /// Hands the output to the stream, and sees to it that the stream is read if it is to be.
    mutating func flush(at now: MonotonicInstant) {
        self.reviewReading(at: now)
        guard !self.output.isEmpty, let stream = self.stream else { return }
        self.connection.bytesSent(self.output.count, at: now)
        if stream.write(self.output.span) == .full { self.connection.streamFilled(true) }
        self.output.removeAll(keepingCapacity: self.output.capacity <= 4 * Self.outputBytes)
    }

    /// Writes a message that may go now, as the channel's machine says; says whether it did.
    mutating func carryOut(
        _ action: ChannelStateMachine.PublishAction, _ message: OutgoingMessage, of record: ChannelRecord
    ) throws(AMQPError) -> Bool {
        switch action {
        case .write:
            do throws(AMQPWireError) {
                try self.write(message, channel: record.reference.number)
                return true
            } catch {
                record.machine.publishNotSent()
                throw AMQPError(failure: .notEncodable(error))
            }
        case .wait: return false
        case .fail(let failure): throw self.error(for: failure)
        }
    }

    /// Takes a batch in; nothing is written.
    mutating func add(_ batch: PublishBatch, to record: ChannelRecord, deadline: MonotonicInstant) throws(AMQPError) {
        for number in batch.ids.lowerBound.rawValue...batch.ids.upperBound.rawValue {
            let id = RequestID(number)
            let action = record.machine.publishRequested(id, identity: batch.identity(id), deadline: deadline, isGateOpen: false)
            // All of them or none: the machine decides by its phase, which is the same for each.
            if case .fail(let failure) = action { throw self.error(for: failure) }
        }
        record.publishes.add(batch)
    }

    /// Whether messages may be written now.
    ///
    /// While the connection is being made anew none may: a broker that is short of memory reads nothing after the first one, and would
    /// not hear of the channels and consumers that come after it.
    var isGateOpen: Bool { self.connection.isGateOpen && !self.recovery.isAway }

    /// Writes the messages of a channel that may go now, at most so many; says whether there may be more.
    @discardableResult
    mutating func pump(
        _ record: ChannelRecord, at now: MonotonicInstant, limit: Int = .max, _ aftermath: inout Aftermath
    ) -> Bool {
        var count = 0
        while count < limit {
            guard let id = record.machine.nextPublish(isGateOpen: self.isGateOpen) else { return false }
            count += 1
            guard let message = record.publishes.takeMessage(id) else {
                record.machine.publishNotSent()
                continue
            }
            do {
                try self.write(message, channel: record.reference.number)
                if let continuation = record.publishes.written(id) { aftermath.finish((continuation, nil)) }
            } catch {
                record.machine.publishNotSent()
                self.settle(id, of: record, failing: AMQPError(failure: .notEncodable(error)), &aftermath)
            }
            if self.output.count >= Self.outputBytes { self.flush(at: now) }
        }
        return true
    }

    /// Writes the messages of all channels that may go now.
    mutating func pumpAll(at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        for number in self.channels.indices {
            if let record = self.channels[number] { self.pump(record, at: now, &aftermath) }
        }
    }

    // MARK: Input

    /// Stops reading on account of a channel, whose deliveries nobody takes.
    mutating func stopReading(for record: ChannelRecord, at now: MonotonicInstant) {
        guard !record.stopsReading else { return }
        record.stopsReading = true
        self.readingStops += 1
        guard self.readingStops == 1 else { return }
        self.connection.readingStopped(true, at: now)
        self.stream?.setReading(false)
    }

    /// Resumes reading, if no channel has a reason any more to stop it.
    private mutating func reviewReading(at now: MonotonicInstant) {
        guard self.readingStops > 0 else { return }
        for case let record? in self.channels where record.stopsReading && record.machine.isReadingWanted {
            record.stopsReading = false
            self.readingStops -= 1
        }
        guard self.readingStops == 0 else { return }
        self.connection.readingStopped(false, at: now)
        self.stream?.setReading(true)
    }

    // MARK: Time

    /// Sees to it that the timer fires at a deadline, or before.
    mutating func arm(_ deadline: MonotonicInstant?) {
        guard let deadline else { return }
        if let timer = self.timer, timer <= deadline { return }
        self.timer = deadline
        self.stream?.setDeadline(deadline.continuous)
    }

    /// Carries out what is due, and sets the timer anew.
    mutating func deadlinePassed(at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        self.timer = nil
        switch self.connection.deadlinePassed(at: now) {
        case .none: break
        case .sendHeartbeat: self.writeHeartbeat()
        case .end(let ending): self.end(ending, &aftermath)
        }
        for id in self.connection.secretUpdatesExpired(at: now) {
            aftermath.resume(self.secretContinuations.removeValue(forKey: id), failing: AMQPError(failure: .timedOut))
        }
        for number in self.channels.indices {
            guard let record = self.channels[number] else { continue }
            for waiter in record.machine.deadlinePassed(at: now) {
                self.fail(waiter, of: record, with: AMQPError(failure: .timedOut), &aftermath)
            }
            for method in record.machine.acknowledgementsDue(at: now) {
                self.write(method, channel: record.reference.number, &aftermath)
            }
            self.pump(record, at: now, &aftermath)
            self.arm(record.machine.nextDeadline)
        }
        if let record = self.topologyChannel {
            for waiter in record.machine.deadlinePassed(at: now) {
                self.fail(waiter, of: record, with: AMQPError(failure: .timedOut), &aftermath)
            }
            self.arm(record.machine.nextDeadline)
        }
        self.recoveryDeadlinePassed(at: now, &aftermath)
        self.flush(at: now)
        self.arm(self.connection.nextDeadline)
    }

    // MARK: The end

    /// Tells one who waits that there is no answer.
    func fail(_ waiter: Waiter, of record: ChannelRecord, with error: AMQPError, _ aftermath: inout Aftermath) {
        switch waiter {
        case .request(let id):
            aftermath.resume(record.replies.removeValue(forKey: id), with: .failure(error))
        case .publish(let id, let wasSent):
            self.settle(id, of: record, failing: error.forPublish(wasSent: wasSent), &aftermath)
        case .delivery(let id):
            aftermath.resume(record.deliveries.removeValue(forKey: id), with: .failure(error))
        }
    }

    /// Tells what became of a message.
    func settle(_ id: RequestID, of record: ChannelRecord, failing error: AMQPError?, _ aftermath: inout Aftermath) {
        if let error { aftermath.count(error) } else { aftermath.confirmedCount += 1 }
        aftermath.finish(record.publishes.settle(id, failing: error))
    }

    /// Carries out a channel's end.
    mutating func end(
        _ ending: ChannelStateMachine.Ending, of record: ChannelRecord, at now: MonotonicInstant, _ aftermath: inout Aftermath
    ) {
        let error = AMQPError(failure: ending.failure)
        for method in ending.acknowledgements + [ending.send].compactMap({ $0 }) {
            self.write(method, channel: record.reference.number, &aftermath)
        }
        for waiter in ending.waiters { self.fail(waiter, of: record, with: error, &aftermath) }
        if ending.isReleased { self.connection.channelReleased(record.reference.number) }
        aftermath.report(.channelEnded(record.reference.number, error))
        self.topology.channelEnded(record.reference.serial)
        self.settled(record, at: now, &aftermath)
    }

    /// Carries out the connection's end: everything that waits fails now, or waits on where it will be back.
    mutating func end(
        _ ending: ConnectionStateMachine.Ending, transportError: TransportError? = nil, _ aftermath: inout Aftermath
    ) {
        var error = AMQPError(failure: ending.failure)
        if let transportError {
            error.transportError = transportError
            error.message += ": \(transportError)"
        }
        if let method = ending.send { self.write(method, channel: 0, &aftermath) }
        if let stream = self.stream {
            stream.setDeadline(nil)
            if ending.isOrderly {
                if !self.output.isEmpty { stream.write(self.output.span) }
                stream.close()
            } else {
                stream.abort()
            }
        }
        self.output = []
        self.stream = nil
        self.timer = nil
        self.lossError = error
        for record in self.channels { record?.stopsReading = false }
        self.readingStops = 0
        switch self.recovery.connectionEnded(ending.failure) {
        case .suspend:
            self.suspend(ending.failure, error, &aftermath)
        case .end:
            self.failAll(ending.failure, error, &aftermath)
            aftermath.report(.ended(error))
        }
        aftermath.resume(self.openContinuation.take(), failing: error)
        aftermath.resume(self.closeContinuation.take(), failing: nil)
    }

    /// Makes ready for a stream that is about to be made.
    ///
    /// - Returns: its number.
    mutating func beginAttempt(_ endpoint: AMQPEndpoint) -> UInt64 {
        self.current.endpoint = endpoint
        self.streamNumber += 1
        self.connection = ConnectionStateMachine(settings: self.connection.settings)
        self.output = []
        self.decoder = FrameDecoder()
        self.encoder = FrameEncoder(maximumFrameSize: 8_192)
        self.lossError = nil
        return self.streamNumber
    }

    /// An attempt at a connection has failed before there was a stream.
    mutating func attemptFailed(_ error: AMQPError) { self.lossError = error }

    /// Ends everything while the connection is being recovered, without waiting for anything.
    mutating func endWhileAway(_ failure: AMQPFailure, _ error: AMQPError, at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        let method = self.connection.closeRequested(at: now)
        self.failAll(failure, error, &aftermath)
        if let stream = self.stream.take() {
            stream.setDeadline(nil)
            if let method {
                self.write(method, channel: 0, &aftermath)
                stream.write(self.output.span)
                stream.close()
            } else {
                stream.abort()
            }
        }
        self.output = []
        self.timer = nil
        self.lossError = error
        aftermath.resume(self.openContinuation.take(), failing: error)
        aftermath.report(.ended(error))
    }

    /// Fails all that waits on any channel, and all that will be asked from now on.
    mutating func failAll(_ failure: AMQPFailure, _ error: AMQPError, _ aftermath: inout Aftermath) {
        if self.endError == nil { self.endError = error }
        self.endRecovery(error, &aftermath)
        self.endTopologyChannel(failure, error, &aftermath)
        for continuation in self.endContinuations.values { aftermath.resume(continuation, failing: error) }
        self.endContinuations = [:]
        for continuation in self.secretContinuations.values { aftermath.resume(continuation, failing: error) }
        self.secretContinuations = [:]
        for record in self.channels {
            guard let record else { continue }
            for waiter in record.machine.connectionEnded(failure) { self.fail(waiter, of: record, with: error, &aftermath) }
        }
    }
}
