// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Synchronization
internal import Transport

extension ConnectionDriver {
    // MARK: The one who looks after the connection

    /// Makes the connection anew each time it is lost, until it has ended for good or the task is cancelled.
    ///
    /// With the connection up this waits, and nothing wakes it. When it returns nobody looks after the connection any more: its next
    /// loss is its end.
    func keepRecovering(over transport: any ByteStreamTransport) async {
        while await self.waitForLoss() {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.keepTime() }
                await self.recover(over: transport)
                group.cancelAll()
            }
        }
        self.withState { state, now, aftermath in
            guard state.recovery.closeRequested() else { return }
            state.endWhileAway(.streamEnded, state.current.error ?? AMQPError(failure: .streamEnded), at: now, &aftermath)
        }
    }

    /// Tries until the connection is as it was, or there is nothing to try any more.
    private func recover(over transport: any ByteStreamTransport) async {
        while await self.waitForRound() {
            guard await self.connectToAny(over: transport) else { continue }
            do throws(AMQPError) {
                if self.configuration.recovery?.recoversTopology == true { try await self.redeclareTopology() }
                try await self.reopenChannels()
                return
            } catch {
                self.attemptFailed(error)
                self.withState { state, _, aftermath in
                    // The connection stands, and does not do.
                    guard state.recovery.isAway, !state.isOver else { return }
                    state.abandonRecovery(.timedOut, &aftermath)
                }
            }
        }
    }

    /// Calls on one endpoint after the other until one agrees to a connection; says whether one has.
    private func connectToAny(over transport: any ByteStreamTransport) async -> Bool {
        var generator = SystemRandomNumberGenerator()
        var failures: [(endpoint: AMQPEndpoint, error: AMQPError)] = []
        for endpoint in self.configuration.endpoints.attempts(using: &generator) {
            do throws(AMQPError) {
                try await self.connect(to: endpoint, over: transport)
                return true
            } catch {
                self.attemptFailed(error)
                failures.append((endpoint, error))
                guard error.isOfOneEndpoint else { break }
            }
        }
        let error = AMQPError(failures: failures)
        self.withState { state, _, _ in
            guard state.recovery.isAway else { return }
            state.setState { $0.error = error }
            state.recovery.roundFailed()
        }
        return false
    }

    private func attemptFailed(_ error: AMQPError) {
        self.withState { state, _, aftermath in
            guard state.recovery.isAway else { return }
            state.setState { $0.error = error }
            aftermath.report(.attemptFailed(error))
            state.wakeKeepers(&aftermath)
        }
    }

    // MARK: What was there before

    /// Declares what was declared before; what the broker refuses is left out.
    private func redeclareTopology() async throws(AMQPError) {
        let steps = self.withState { state, _, _ in state.topology.steps }
        guard !steps.isEmpty else { return }
        var channel: ChannelReference?
        for step in steps {
            let reference: ChannelReference
            if let channel { reference = channel } else { reference = try await self.openTopologyChannel() }
            channel = reference
            do throws(AMQPError) {
                let reply = try await self.call(step.method, on: reference)
                guard let held = step.serverNamed, case .queueDeclareOk(let declared) = reply else { continue }
                self.withState { state, _, _ in state.topology.renamed(held, to: declared.queue) }
            } catch {
                let isRefused = self.withState { state, now, aftermath in
                    guard !state.isOver, error.code != .timedOut, error.code != .cancelled else { return false }
                    if error.code == .resourceLocked, state.recovery.isRefusalOfTheLost(at: now) { return false }
                    state.notRecovered(step.description, error, &aftermath)
                    return true
                }
                guard isRefused else { throw error }
                // The broker has closed the channel with its refusal.
                channel = nil
            }
        }
        // Its number is to be free again: a broker that does not agree in time has not done what was asked of it.
        if let channel { try await self.close(channel) }
        self.withState { state, _, _ in state.topologyChannel = nil }
    }

    private func openTopologyChannel() async throws(AMQPError) -> ChannelReference {
        let added = self.withState { (state, _, _) -> Result<ChannelReference, AMQPError> in
            if let error = state.lossError { return .failure(error) }
            switch state.connection.channelRequested() {
            case .open(let number): return .success(state.addTopologyChannel(number).reference)
            case .fail(let failure): return .failure(state.error(for: failure))
            }
        }
        let reference = try added.get()
        try await self.open(reference)
        return reference
    }

    /// Opens the channels that there were, and waits until all are as they were.
    private func reopenChannels() async throws(AMQPError) {
        self.withState { state, now, aftermath in
            guard !state.isOver else { return }
            state.reopenChannels(at: now, &aftermath)
        }
        let outcome = await self.waitAsKeeper { state -> Result<Void, AMQPError>? in
            if let error = state.endError ?? state.lossError { return .failure(error) }
            return state.recovery.isAway ? nil : .success(())
        }
        try (outcome ?? .failure(AMQPError(failure: .cancelled))).get()
    }

    // MARK: Waiting

    /// Waits until the connection is lost; says whether it is to be made anew.
    private func waitForLoss() async -> Bool {
        await self.waitAsKeeper { state in
            if state.recovery.hasEnded { return false }
            return state.recovery.isLost ? true : nil
        } ?? false
    }

    /// Waits for the time of the next attempt; says whether there is one.
    private func waitForRound() async -> Bool {
        let jitter = self.environment.jitter()
        self.withState { state, now, aftermath in
            switch state.recovery.roundRequested(at: now, jitter: jitter) {
            case .pause(let deadline, let attempt):
                state.arm(deadline)
                state.setState { $0.attempt = attempt }
                state.wakeKeepers(&aftermath)
            case .giveUp:
                state.endWhileAway(.streamEnded, state.current.error ?? AMQPError(failure: .streamEnded), at: now, &aftermath)
            case .none:
                break
            }
        }
        return await self.waitAsKeeper { state in
            if !state.recovery.isAway { return false }
            return state.recovery.isConnecting ? true : nil
        } ?? false
    }

    /// Waits until a look at the state finds something; `nil` when the task is cancelled.
    private func waitAsKeeper<Found: Sendable>(until find: (inout DriverState) -> Found?) async -> Found? {
        while !Task.isCancelled {
            var found: Found?
            await withTaskCancellationHandler {
                await withSuspension { (continuation: Aftermath.Wakeup) in
                    self.withState { state, _, aftermath in
                        found = find(&state)
                        // Looked at under the lock: a cancellation that comes later finds the continuation.
                        if found != nil || Task.isCancelled { aftermath.wake(continuation) } else { state.keeper = continuation }
                    }
                }
            } onCancel: {
                self.withState { state, _, aftermath in aftermath.wake(state.keeper.take()) }
            }
            if let found { return found }
        }
        return nil
    }

    /// Waits until there is a connection.
    func waitUntilConnected(deadline: MonotonicInstant) async throws(AMQPError) {
        let id = self.nextRequestID()
        let error = await withTaskCancellationHandler {
            await withSuspension { (continuation: Aftermath.ConnectContinuation) in
                self.withState { state, _, aftermath in
                    if Task.isCancelled { return aftermath.resume(continuation, failing: AMQPError(failure: .cancelled)) }
                    guard state.endError == nil, state.recovery.isAway else {
                        return aftermath.resume(continuation, failing: state.endError)
                    }
                    state.connectedContinuations[id] = (continuation, deadline)
                    state.arm(deadline)
                }
            }
        } onCancel: {
            self.withState { state, _, aftermath in
                let waiting = state.connectedContinuations.removeValue(forKey: id)
                aftermath.resume(waiting?.continuation, failing: AMQPError(failure: .cancelled))
            }
        }
        if let error { throw error }
    }

    // MARK: Time

    /// Looks at the clock as long as no stream does, until the task is cancelled.
    private func keepTime() async {
        var version: UInt64?
        while !Task.isCancelled {
            let (present, deadline) = self.withState { state, _, _ in
                (state.timerVersion, state.hasStream ? nil : state.timer)
            }
            version = present
            await withTaskGroup(of: Void.self) { group in
                if let deadline {
                    group.addTask {
                        await self.environment.sleep(deadline)
                        if !Task.isCancelled { self.timePassed(present) }
                    }
                }
                await self.waitForTimer(after: version)
                group.cancelAll()
            }
        }
    }

    private func timePassed(_ version: UInt64) {
        self.withState { state, now, aftermath in
            guard !state.hasStream, state.timerVersion == version else { return }
            state.deadlinePassed(at: now, &aftermath)
        }
    }

    /// Waits until the timer is another than it was.
    private func waitForTimer(after version: UInt64?) async {
        await withTaskCancellationHandler {
            await withSuspension { (continuation: Aftermath.Wakeup) in
                self.withState { state, _, aftermath in
                    guard let version, state.timerVersion == version, !Task.isCancelled else { return aftermath.wake(continuation) }
                    state.timekeeper = (continuation, version)
                }
            }
        } onCancel: {
            self.withState { state, _, aftermath in aftermath.wake(state.timekeeper.take()?.continuation) }
        }
    }

    // MARK: The state

    /// How the connection stands.
    var currentState: AMQPConnectionState { self.state.withLock { $0.current } }

    /// Waits for a state after the one of a version; `nil` after the last one, or when the task is cancelled.
    func nextState(after version: UInt64) async -> (version: UInt64, state: AMQPConnectionState)? {
        let id = self.nextRequestID()
        while !Task.isCancelled {
            var isLast = false
            var next: (version: UInt64, state: AMQPConnectionState)?
            await withTaskCancellationHandler {
                await withSuspension { (continuation: Aftermath.Wakeup) in
                    self.withState { state, _, aftermath in
                        if state.stateVersion > version {
                            next = (state.stateVersion, state.current)
                        } else {
                            isLast = state.current.phase == .closed
                        }
                        if next != nil || isLast || Task.isCancelled {
                            aftermath.wake(continuation)
                        } else {
                            state.stateContinuations[id] = continuation
                        }
                    }
                }
            } onCancel: {
                self.withState { state, _, aftermath in aftermath.wake(state.stateContinuations.removeValue(forKey: id)) }
            }
            if let next { return next }
            if isLast { return nil }
        }
        return nil
    }
}
