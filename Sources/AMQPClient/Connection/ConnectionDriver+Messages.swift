// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Metrics

extension ConnectionDriver {
    /// Publishes a message and waits for its confirm.
    func publish(
        body: [UInt8], properties: AMQPProperties, to destination: AMQPDestination, mandatory: Bool, on reference: ChannelReference
    ) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        self.metrics.published.increment()
        let id = self.nextRequestID()
        let method = BasicPublish(exchange: destination.exchange, routingKey: destination.routingKey, mandatory: mandatory)
        var message = OutgoingMessage(method: method, properties: properties, body: body)
        if mandatory, properties.messageID == nil { message.properties.messageID = self.messageIDPrefix + String(id.rawValue) }
        let outgoing = message
        let error = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.withState { state, now, aftermath in
                    self.begin(outgoing, id, continuation, on: reference, &state, at: now, &aftermath)
                }
                // The handler below may have been called too early to find the continuation.
                if Task.isCancelled { self.cancelPublish(id, on: reference) }
            }
        } onCancel: {
            self.cancelPublish(id, on: reference)
        }
        if let error { throw error }
    }

    private func begin(
        _ message: OutgoingMessage, _ id: RequestID, _ continuation: ChannelRecord.ConfirmContinuation, on reference: ChannelReference,
        _ state: inout DriverState, at now: ContinuousClock.Instant, _ aftermath: inout Aftermath
    ) {
        do throws(AMQPError) {
            let record = try state.channel(reference)
            let deadline = now + self.configuration.confirmTimeout
            let action = record.machine.publishRequested(
                id, identity: message.identity, deadline: deadline, isGateOpen: state.connection.isGateOpen)
            switch action {
            case .write:
                do throws(AMQPWireError) {
                    try state.write(message, channel: reference.number)
                } catch {
                    record.machine.publishNotSent()
                    throw AMQPError(failure: .notEncodable(error))
                }
            case .wait:
                record.messages[id] = message
            case .fail(let failure):
                throw state.error(for: failure)
            }
            record.confirms[id] = continuation
            state.arm(deadline)
        } catch {
            aftermath.settle(continuation, failing: error)
        }
    }

    private func cancelPublish(_ id: RequestID, on reference: ChannelReference) {
        self.withState { state, _, aftermath in
            guard let record = try? state.channel(reference), let waiter = record.machine.publishCancelled(id) else { return }
            state.fail(waiter, of: record, with: AMQPError(failure: .cancelled), &aftermath)
        }
    }

    /// Takes the next delivery of a consumer, or waits for one; `nil` when the consumer's scope has ended.
    func nextDelivery(of consumer: ConsumerReference) async throws(AMQPError) -> AMQPDelivery? {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        if let message = self.takeArrived(of: consumer) { return AMQPDelivery(message, driver: self, channel: consumer.channel) }
        let id = self.nextRequestID()
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                self.withState { state, _, aftermath in
                    do throws(AMQPError) {
                        let record = try state.channel(consumer.channel)
                        switch record.machine.nextRequested(id, of: consumer.tag) {
                        case .deliver(let message):
                            aftermath.deliveryCount += 1
                            aftermath.resume(continuation, with: .success(message))
                        case .finish: aftermath.resume(continuation, with: .success(nil))
                        case .wait: record.deliveries[id] = continuation
                        case .fail(let failure): throw state.error(for: failure)
                        }
                    } catch {
                        aftermath.resume(continuation, with: .failure(error))
                    }
                }
                // The handler below may have been called too early to find the continuation.
                if Task.isCancelled { self.cancelNext(id, of: consumer) }
            }
        } onCancel: {
            self.cancelNext(id, of: consumer)
        }
        guard let message = try result.get() else { return nil }
        return AMQPDelivery(message, driver: self, channel: consumer.channel)
    }

    /// Takes a delivery that is there already, as it is when the broker is ahead: that costs no suspension.
    private func takeArrived(of consumer: ConsumerReference) -> DeliveredMessage? {
        self.withState { state, _, aftermath in
            guard let message = try? state.channel(consumer.channel).machine.takeArrived(of: consumer.tag) else { return nil }
            aftermath.deliveryCount += 1
            return message
        }
    }

    private func cancelNext(_ id: RequestID, of consumer: ConsumerReference) {
        self.withState { state, _, aftermath in
            guard let record = try? state.channel(consumer.channel), let waiter = record.machine.nextCancelled(id, of: consumer.tag) else {
                return
            }
            state.fail(waiter, of: record, with: AMQPError(failure: .cancelled), &aftermath)
        }
    }

    /// Settles a delivery.
    func settle(_ deliveryTag: UInt64, by method: AMQPMethod, on reference: ChannelReference) throws(AMQPError) {
        let result = self.withState { (state, _, aftermath) -> Result<Void, AMQPError> in
            do throws(AMQPError) {
                let record = try state.channel(reference)
                if let failure = record.machine.settleRequested(deliveryTag) { throw state.error(for: failure) }
                state.write(method, channel: reference.number, &aftermath)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
