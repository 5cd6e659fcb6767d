// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension ConnectionDriver {
    /// Has replies come to a channel.
    func startRequester(on reference: ChannelReference) async throws(AMQPError) -> ConsumerReference {
        let reply = try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
            (state, record, id, deadline, aftermath) throws(AMQPError) in
            try Self.start(record.machine.requesterRequested(id, deadline: deadline), record, &state, &aftermath)
        }
        guard case .basicConsumeOk(let consume) = reply else { throw .unexpectedReply }
        return ConsumerReference(channel: reference, tag: consume.consumerTag)
    }

    /// Publishes a request and waits for its reply.
    func call(_ message: AMQPMessage, timeout: Duration, on reference: ChannelReference) async throws(AMQPError) -> AMQPDelivery {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        let id = self.nextRequestID()
        var request = message
        request.properties.replyTo = ChannelStateMachine.replyQueue
        request.properties.correlationID = String(id.rawValue)
        let deadline = self.now + timeout
        try self.beginCall(id, deadline: deadline, on: reference)
        do throws(AMQPError) {
            try await self.send(OutgoingMessage(request, id: self.nextMessageID()), on: reference, of: id, deadline: deadline)
        } catch {
            _ = self.withState { state, _, _ in (try? state.channel(reference))?.machine.callCancelled(id) }
            throw error
        }
        do throws(AMQPError) {
            let reply = try await self.delivery(on: reference, cancelledBy: { $0.machine.callCancelled($1) }, id: id) {
                (state, record, id, _, aftermath) throws(AMQPError) in
                switch record.machine.callAwaited(id) {
                case .deliver(let message):
                    aftermath.deliveryCount += 1
                    return .some(message)
                case .wait: return nil
                case .finish: return .some(nil)
                case .fail(let failure): throw state.error(for: failure)
                }
            }
            guard let reply else { throw AMQPError(failure: .requesterEnded) }
            return AMQPDelivery(reply, driver: self, channel: reference)
        } catch {
            throw error.code == .returned ? error : error.forCall
        }
    }

    /// Publishes a reply, with a confirm where the channel has them.
    func reply(_ message: AMQPMessage, on reference: ChannelReference) async throws(AMQPError) {
        let hasConfirms = self.withState { state, _, _ in (try? state.channel(reference))?.machine.hasConfirms ?? false }
        if hasConfirms {
            try await self.publish(message, on: reference)
        } else {
            try await self.send(OutgoingMessage(message, id: self.nextMessageID()), on: reference)
        }
    }

    private func beginCall(_ id: RequestID, deadline: MonotonicInstant, on reference: ChannelReference) throws(AMQPError) {
        let result = self.withState { (state, _, _) -> Result<Void, AMQPError> in
            do throws(AMQPError) {
                if let failure = try state.channel(reference).machine.callRequested(id, deadline: deadline) {
                    throw state.error(for: failure)
                }
                state.arm(deadline)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}

extension AMQPError {
    /// The error of a call whose request had been sent when this happened.
    fileprivate var forCall: AMQPError {
        var error = self
        error.isDeliveryFateUnknown = true
        error.message += "; the request was sent, whether it was served is unknown"
        return error
    }
}
