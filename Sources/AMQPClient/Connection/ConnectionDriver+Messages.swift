// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import CoreMetrics
internal import Synchronization

extension ConnectionDriver {
    /// Takes the next delivery of a consumer, or waits for one; `nil` when the consumer's scope has ended.
    func nextDelivery(of consumer: ConsumerReference) async throws(AMQPError) -> AMQPDelivery? {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        if let message = self.takeArrived(of: consumer) { return AMQPDelivery(message, driver: self, channel: consumer.channel) }
        let message = try await self.delivery(on: consumer.channel, cancelledBy: { $0.machine.nextCancelled($1, of: consumer.tag) }) {
            (state, record, id, _, aftermath) throws(AMQPError) in
            switch record.machine.nextRequested(id, of: consumer.tag) {
            case .deliver(let message):
                aftermath.deliveryCount += 1
                return .some(message)
            case .finish: return .some(nil)
            case .wait: return nil
            case .fail(let failure): throw state.error(for: failure)
            }
        }
        return message.map { AMQPDelivery($0, driver: self, channel: consumer.channel) }
    }

    /// Takes one message from a queue; `nil` when there is none.
    func get(from queue: String, isAcknowledged: Bool, on reference: ChannelReference) async throws(AMQPError) -> AMQPDelivery? {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        let message = try await self.delivery(on: reference, cancelledBy: { $0.machine.requestCancelled($1) }) {
            (state, record, id, now, aftermath) throws(AMQPError) in
            try state.checkEncodable(.basicGet(BasicGet(queue: queue, noAck: isAcknowledged)))
            let deadline = now + self.configuration.requestTimeout
            switch record.machine.getRequested(id, queue: queue, isAcknowledged: isAcknowledged, deadline: deadline) {
            case .send(let methods): for method in methods { state.write(method, channel: reference.number, &aftermath) }
            case .wait, .succeed: break
            case .fail(let failure): throw state.error(for: failure)
            }
            state.arm(deadline)
            return nil
        }
        return message.map { AMQPDelivery($0, driver: self, channel: reference) }
    }

    /// Begins under the lock to wait for a message, unless the beginning says what comes of it at once.
    func delivery(
        on reference: ChannelReference,
        cancelledBy cancel: @escaping @Sendable (ChannelRecord, RequestID) -> Waiter?,
        id: RequestID? = nil,
        _ begin: (inout DriverState, ChannelRecord, RequestID, MonotonicInstant, inout Aftermath) throws(AMQPError)
            -> DeliveredMessage??
    ) async throws(AMQPError) -> DeliveredMessage? {
        let id = id ?? self.nextRequestID()
        let result = await withTaskCancellationHandler {
            await withSuspension { continuation in
                self.withState { state, now, aftermath in
                    do throws(AMQPError) {
                        let record = try state.channel(reference)
                        if let message = try begin(&state, record, id, now, &aftermath) {
                            aftermath.resume(continuation, with: .success(message))
                        } else {
                            record.deliveries[id] = continuation
                        }
                    } catch {
                        aftermath.resume(continuation, with: .failure(error))
                    }
                }
                // The handler below may have been called too early to find the continuation.
                if Task.isCancelled { self.cancelDelivery(id, on: reference, by: cancel) }
            }
        } onCancel: {
            self.cancelDelivery(id, on: reference, by: cancel)
        }
        return try result.get()
    }

    /// Takes a delivery that is there already, as it is when the broker is ahead: that costs no suspension.
    private func takeArrived(of consumer: ConsumerReference) -> DeliveredMessage? {
        // Nobody is woken by it, so that there is nothing to do after the lock.
        let message = self.state.withLock { state -> DeliveredMessage? in
            guard let message = (try? state.channel(consumer.channel))?.machine.takeArrived(of: consumer.tag) else { return nil }
            if state.isReadingStopped { state.flush(at: self.now) }
            return message
        }
        if message != nil { self.metrics.deliveries.increment() }
        return message
    }

    private func cancelDelivery(
        _ id: RequestID, on reference: ChannelReference, by cancel: (ChannelRecord, RequestID) -> Waiter?
    ) {
        self.withState { state, _, aftermath in
            guard let record = try? state.channel(reference), let waiter = cancel(record, id) else { return }
            state.fail(waiter, of: record, with: AMQPError(failure: .cancelled), &aftermath)
        }
    }

    /// Settles a delivery; one of a connection that is lost is with its queue again, and nothing is sent.
    func settle(
        _ message: DeliveredMessage, _ settlement: ChannelStateMachine.Settlement, on reference: ChannelReference
    ) throws(AMQPError) {
        let result = self.withState { (state, now, aftermath) -> Result<Void, AMQPError> in
            do throws(AMQPError) {
                let record = try state.channel(reference)
                switch record.machine.settleRequested(message.deliveryTag, epoch: message.epoch, settlement, at: now) {
                case .send(let method): state.write(method, channel: reference.number, &aftermath)
                case .sendAll(let methods): for method in methods { state.write(method, channel: reference.number, &aftermath) }
                case .wait(let deadline): state.arm(deadline)
                case .drop: aftermath.report(.staleSettlement(reference.number))
                case .fail(let failure): throw state.error(for: failure)
                }
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }
}
