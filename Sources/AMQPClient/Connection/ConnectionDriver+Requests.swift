// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension ConnectionDriver {
    /// What became of a request under the lock.
    enum Start {
        /// The answer comes later.
        case pending
        /// This is the answer.
        case done(AMQPMethod)
    }

    /// Sends a method and waits for its reply.
    func call(_ method: AMQPMethod, on reference: ChannelReference) async throws(AMQPError) -> AMQPMethod {
        try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            try state.checkEncodable(method)
            return try Self.start(record.machine.requested(id, method, deadline: deadline), record, &state, &aftermath)
        }
    }

    /// Sends a method in the form that the broker does not answer.
    ///
    /// Where it would overtake others, or the transport is behind, it is sent in its other form, whose answer is waited for: so what
    /// is buffered stays bounded.
    func tell(on reference: ChannelReference, _ method: (_ noWait: Bool) -> AMQPMethod) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        let (unanswered, answered) = (method(true), method(false))
        let isTold = self.withState { (state, _, aftermath) -> Result<Bool, AMQPError> in
            do throws(AMQPError) {
                let record = try state.channel(reference)
                switch record.machine.unansweredRequested(isStreamFull: state.connection.isStreamFull) {
                case .ask: return .success(false)
                case .fail(let failure): throw state.error(for: failure)
                case .write:
                    try state.checkEncodable(unanswered)
                    state.write(unanswered, channel: reference.number, &aftermath)
                    state.topology.agreed(to: answered, on: reference.serial)
                    return .success(true)
                }
            } catch {
                return .failure(error)
            }
        }
        if try !isTold.get() { _ = try await self.call(answered, on: reference) }
    }

    /// Opens a channel.
    func openChannel() async throws(AMQPError) -> ChannelReference {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        let reference = try await self.addChannel()
        try await self.open(reference)
        return reference
    }

    /// Opens a channel whose record is made.
    func open(_ reference: ChannelReference) async throws(AMQPError) {
        _ = try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            guard let open = record.machine.openRequested(id, deadline: deadline) else { throw state.error(for: .channelClosed) }
            state.write(open, channel: reference.number, &aftermath)
            return .pending
        }
    }

    /// Makes a channel's record, once there is a connection to open it on.
    private func addChannel() async throws(AMQPError) -> ChannelReference {
        let deadline = self.now + self.configuration.requestTimeout
        while true {
            let added = self.withState { (state, _, _) -> Result<ChannelReference?, AMQPError> in
                if let error = state.endError { return .failure(error) }
                if state.recovery.isAway { return .success(nil) }
                switch state.connection.channelRequested() {
                case .open(let number): return .success(state.addChannel(number).reference)
                case .fail(let failure): return .failure(state.error(for: failure))
                }
            }
            if let reference = try added.get() { return reference }
            try await self.waitUntilConnected(deadline: deadline)
        }
    }

    /// Closes a channel in order; all that waits on it fails now.
    ///
    /// Returns when the broker has agreed, or has taken too long. It goes on when the task is cancelled: a channel that is left open
    /// would keep its deliveries.
    func closeChannel(_ reference: ChannelReference) async { try? await self.close(reference) }

    /// Closes a channel in order, as ``closeChannel(_:)`` does, and throws where the broker did not agree.
    func close(_ reference: ChannelReference) async throws(AMQPError) {
        _ = try await self.reply(on: reference, timeout: self.configuration.closeTimeout, isCancellable: false) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            guard let ending = record.machine.closeRequested(id, deadline: deadline) else {
                return .done(.channelCloseOk(ChannelCloseOk()))
            }
            state.end(ending, of: record, at: self.now, &aftermath)
            // Where nothing is sent, nothing is answered.
            return ending.send == nil ? .done(.channelCloseOk(ChannelCloseOk())) : .pending
        }
    }

    /// Puts a channel in confirm mode.
    func selectConfirms(window: Int, on reference: ChannelReference) async throws(AMQPError) {
        _ = try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            try Self.start(record.machine.confirmsRequested(id, window: window, deadline: deadline), record, &state, &aftermath)
        }
    }

    /// Starts a consumer.
    func consume(_ request: ConsumerRequest, on reference: ChannelReference) async throws(AMQPError) -> ConsumerReference {
        let reply = try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            try state.checkEncodable(.basicConsume(request.method))
            return try Self.start(record.machine.consumeRequested(id, request, deadline: deadline), record, &state, &aftermath)
        }
        guard case .basicConsumeOk(let consume) = reply else { throw .unexpectedReply }
        return ConsumerReference(channel: reference, tag: consume.consumerTag)
    }

    /// Ends a consumer, and sends back what nobody took.
    ///
    /// Returns when the broker has agreed, or has taken too long. It goes on when the task is cancelled, for the same reason as
    /// ``closeChannel(_:)``.
    func endConsumer(_ consumer: ConsumerReference) async {
        let reference = consumer.channel
        _ = try? await self.reply(on: reference, timeout: self.configuration.closeTimeout, isCancellable: false) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            let ending = record.machine.endRequested(id, of: consumer.tag, deadline: deadline)
            state.topology.consumerEnded(consumer.tag, on: reference.serial)
            for method in ending.send { state.write(method, channel: reference.number, &aftermath) }
            for id in ending.finished { aftermath.resume(record.deliveries.removeValue(forKey: id), with: .success(nil)) }
            for waiter in ending.failed { state.fail(waiter, of: record, with: AMQPError(failure: .requesterEnded), &aftermath) }
            return ending.isPending ? .pending : .done(.basicCancelOk(BasicCancelOk(consumerTag: consumer.tag)))
        }
    }

    // MARK: Waiting

    /// Begins a request under the lock and waits for its reply, at most for the timeout.
    func reply(
        on reference: ChannelReference, timeout: Duration, isCancellable: Bool = true,
        _ begin: (inout DriverState, ChannelRecord, RequestID, MonotonicInstant, inout Aftermath) throws(AMQPError) -> Start
    ) async throws(AMQPError) -> AMQPMethod {
        let id = self.nextRequestID()
        let result = await withTaskCancellationHandler {
            await withSuspension { continuation in
                self.withState { state, now, aftermath in
                    do throws(AMQPError) {
                        let record = try state.channel(reference)
                        let deadline = now + timeout
                        switch try begin(&state, record, id, deadline, &aftermath) {
                        case .pending:
                            record.replies[id] = continuation
                            state.arm(deadline)
                        case .done(let method):
                            aftermath.resume(continuation, with: .success(method))
                        }
                    } catch {
                        aftermath.resume(continuation, with: .failure(error))
                    }
                }
                // The handler below may have been called too early to find the continuation.
                if isCancellable, Task.isCancelled { self.cancelRequest(id, on: reference) }
            }
        } onCancel: {
            if isCancellable { self.cancelRequest(id, on: reference) }
        }
        return try result.get()
    }

    private func cancelRequest(_ id: RequestID, on reference: ChannelReference) {
        self.withState { state, _, aftermath in
            guard let record = try? state.channel(reference), let waiter = record.machine.requestCancelled(id) else { return }
            state.fail(waiter, of: record, with: AMQPError(failure: .cancelled), &aftermath)
        }
    }

    static func start(
        _ action: ChannelStateMachine.RequestAction, _ record: ChannelRecord, _ state: inout DriverState, _ aftermath: inout Aftermath
    ) throws(AMQPError) -> Start {
        switch action {
        case .send(let methods):
            for method in methods { state.write(method, channel: record.reference.number, &aftermath) }
            return .pending
        case .wait:
            return .pending
        case .succeed:
            return .done(.confirmSelectOk(ConfirmSelectOk()))
        case .fail(let failure):
            throw state.error(for: failure)
        }
    }

    static func start(
        _ action: ChannelStateMachine.ConsumeAction, _ record: ChannelRecord, _ state: inout DriverState, _ aftermath: inout Aftermath
    ) throws(AMQPError) -> Start {
        switch action {
        case .start(_, let method):
            if let method { state.write(method, channel: record.reference.number, &aftermath) }
            return .pending
        case .fail(let failure):
            throw state.error(for: failure)
        }
    }
}
