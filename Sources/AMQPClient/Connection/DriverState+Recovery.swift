// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension DriverState {
    // MARK: The loss

    /// Keeps what can be kept of every channel until the connection is back.
    mutating func suspend(_ failure: AMQPFailure, _ error: AMQPError, _ aftermath: inout Aftermath) {
        if self.current.phase == .connected { aftermath.report(.lost(error)) }
        let areSecretsKept = self.connection.secretUpdatesSuspended()
        for continuation in self.secretContinuations.values {
            aftermath.resume(continuation, failing: areSecretsKept ? nil : error)
        }
        self.secretContinuations = [:]
        self.endTopologyChannel(failure, error, &aftermath)
        var republished = 0
        for record in self.channels {
            guard let record else { continue }
            let suspension = record.machine.connectionLost(failure, isRepublishing: self.isRepublishing)
            republished += suspension.republishedCount
            for waiter in suspension.waiters { self.fail(waiter, of: record, with: error, &aftermath) }
            for settlement in suspension.settlements {
                self.settle(settlement.id, of: record, failing: settlement.failure.map(AMQPError.init(failure:)), &aftermath)
            }
            if !suspension.isSuspended { self.topology.channelEnded(record.reference.serial) }
            self.arm(record.machine.nextDeadline)
        }
        if republished > 0 { aftermath.report(.republished(republished)) }
        self.arm(self.connectedContinuations.values.map(\.deadline).min())
        self.setState { state in
            state.phase = .recovering
            state.error = error
        }
        self.wakeKeepers(&aftermath)
    }

    // MARK: The return

    /// The broker has agreed to a connection: the first one, or one in the place of another.
    mutating func opened(at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        guard self.recovery.connectionOpened(at: now) else { return }
        self.current.notRecovered = []
    }

    /// Opens the channels again that there were.
    mutating func reopenChannels(at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        var reopening: Set<UInt16> = []
        let isLostOneThere = self.recovery.isRefusalOfTheLost(at: now)
        for record in self.channels {
            guard let record, record.machine.isSuspended else { continue }
            let number = record.reference.number
            if let failure = self.connection.channelRequested(number) {
                let error = AMQPError(failure: failure)
                for waiter in record.machine.connectionEnded(failure) { self.fail(waiter, of: record, with: error, &aftermath) }
                self.topology.channelEnded(record.reference.serial)
                self.notRecovered("channel \(number)", error, &aftermath)
            } else if let open = record.machine.reopenRequested(isLostOneThere: isLostOneThere) {
                self.write(open, channel: number, &aftermath)
                reopening.insert(number)
            }
        }
        self.carryOut(self.recovery.topologyRedeclared(reopening: reopening, at: now), at: now, &aftermath)
        self.arm(self.recovery.nextDeadline)
    }

    /// A channel is as it was, or has ended.
    mutating func settled(_ record: ChannelRecord, at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        guard self.recovery.isAway else { return }
        self.carryOut(self.recovery.channelSettled(record.reference.number, at: now), at: now, &aftermath)
    }

    private mutating func carryOut(
        _ action: RecoveryStateMachine.ReopenAction, at now: MonotonicInstant, _ aftermath: inout Aftermath
    ) {
        guard case .recovered(let summary) = action else { return }
        aftermath.report(.recovered(summary))
        let names = self.topology.names.current
        self.setState { state in
            state.phase = .connected
            state.error = nil
            state.attempt = 0
            state.recoveries += 1
            state.renamedQueues = names
        }
        for (continuation, _) in self.connectedContinuations.values { aftermath.resume(continuation, failing: nil) }
        self.connectedContinuations = [:]
        self.wakeKeepers(&aftermath)
        self.pumpAll(at: now, &aftermath)
    }

    /// Something could not be made anew; the rest goes on.
    mutating func notRecovered(_ description: String, _ error: AMQPError, _ aftermath: inout Aftermath) {
        self.current.notRecovered.append(description)
        aftermath.report(.notRecovered(description, error))
    }

    /// Notes what a reply means for the topology.
    mutating func agreed(_ reply: AMQPMethod, on record: ChannelRecord) {
        guard let request = record.machine.answeredRequest, record !== self.topologyChannel else { return }
        self.topology.agreed(to: request, reply: reply, on: record.reference.serial)
    }

    // MARK: Time, and those who wait

    /// Carries out what is due of a recovery.
    mutating func recoveryDeadlinePassed(at now: MonotonicInstant, _ aftermath: inout Aftermath) {
        for (id, waiting) in self.connectedContinuations where waiting.deadline <= now {
            self.connectedContinuations[id] = nil
            aftermath.resume(waiting.continuation, failing: self.lossError ?? AMQPError(failure: .timedOut))
        }
        self.arm(self.connectedContinuations.values.map(\.deadline).min())
        switch self.recovery.deadlinePassed(at: now) {
        case .none: break
        case .connect: self.wakeKeepers(&aftermath)
        case .abandon: self.abandonRecovery(.timedOut, &aftermath)
        }
        self.arm(self.recovery.nextDeadline)
    }

    /// Ends an attempt at making the connection anew, which is to start over.
    mutating func abandonRecovery(_ failure: AMQPFailure, _ aftermath: inout Aftermath) {
        if let ending = self.connection.recoveryAbandoned(failure) { self.end(ending, &aftermath) }
    }

    /// Wakes the one who looks at the clock, if it knows of another deadline than the one that is set.
    mutating func wakeTimekeeper(_ aftermath: inout Aftermath) {
        guard let timekeeper = self.timekeeper, timekeeper.version != self.timerVersion else { return }
        self.timekeeper = nil
        aftermath.wake(timekeeper.continuation)
    }

    /// Wakes the one who looks after the connection, and those who look at its state.
    mutating func wakeKeepers(_ aftermath: inout Aftermath) {
        aftermath.wake(self.keeper.take())
        for continuation in self.stateContinuations.values { aftermath.wake(continuation) }
        self.stateContinuations = [:]
    }

    /// Changes what users see of the connection; whoever waits for it is to be woken after.
    mutating func setState(_ change: (inout AMQPConnectionState) -> Void) {
        change(&self.current)
        self.stateVersion += 1
    }

    /// Ends the channel on which what was declared is being declared again, if there is one, and tells who waits on it.
    mutating func endTopologyChannel(_ failure: AMQPFailure, _ error: AMQPError, _ aftermath: inout Aftermath) {
        guard let record = self.topologyChannel.take() else { return }
        for waiter in record.machine.connectionEnded(failure) { self.fail(waiter, of: record, with: error, &aftermath) }
    }

    /// Everything is to end: so does what waits for the connection to be back.
    mutating func endRecovery(_ error: AMQPError, _ aftermath: inout Aftermath) {
        for (continuation, _) in self.connectedContinuations.values { aftermath.resume(continuation, failing: error) }
        self.connectedContinuations = [:]
        guard self.current.phase != .closed else { return }
        self.setState { state in
            state.phase = .closed
            state.error = error
        }
        self.wakeKeepers(&aftermath)
    }
}
