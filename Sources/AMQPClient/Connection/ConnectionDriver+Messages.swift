// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension ConnectionDriver {
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

    /// Settles a delivery; one of a connection that is lost is with its queue again, and nothing is sent.
    func settle(_ deliveryTag: UInt64, epoch: UInt32, by method: AMQPMethod, on reference: ChannelReference) throws(AMQPError) {
        let result = self.withState { (state, _, aftermath) -> Result<Void, AMQPError> in
            do throws(AMQPError) {
                let record = try state.channel(reference)
                switch record.machine.settleRequested(deliveryTag, epoch: epoch) {
                case .write: state.write(method, channel: reference.number, &aftermath)
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
