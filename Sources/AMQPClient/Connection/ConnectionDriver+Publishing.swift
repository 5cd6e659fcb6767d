// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import CoreMetrics
internal import Synchronization

extension ConnectionDriver {
    /// How many messages of a batch are written while the lock is held once: others have their turn in between.
    private static let batchPiece = 128

    // MARK: With confirms

    /// Publishes a message and waits for its confirm.
    func publish(_ message: AMQPMessage, on reference: ChannelReference) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        self.metrics.published.increment()
        let id = self.nextRequestID()
        let error = await withTaskCancellationHandler {
            await withSuspension { (continuation: PublishWaiter.Continuation) in
                self.withState { state, now, aftermath in
                    do throws(AMQPError) {
                        let record = try state.channel(reference)
                        let outgoing = OutgoingMessage(message, id: self.messageIDPrefix + String(id.rawValue))
                        let deadline = now + self.configuration.confirmTimeout
                        let action = record.machine.publishRequested(
                            id, identity: outgoing.identity, deadline: deadline, isGateOpen: state.isGateOpen)
                        let wasWritten = try state.carryOut(action, outgoing, of: record)
                        record.publishes.add(id, .confirm(continuation), outgoing, wasWritten: wasWritten)
                        state.arm(deadline)
                    } catch {
                        aftermath.finish((continuation, error))
                    }
                }
                // The handler below may have been called too early to find the continuation.
                if Task.isCancelled { self.cancelPublish(id, on: reference) }
            }
        } onCancel: {
            self.cancelPublish(id, on: reference)
        }
        if let error { throw error }
    }

    /// Publishes messages in their order and waits until each is confirmed, or has failed.
    func publish(contentsOf messages: [AMQPMessage], on reference: ChannelReference) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        guard !messages.isEmpty else { return }
        self.metrics.published.increment(by: messages.count)
        let ids = self.nextRequestIDs(messages.count)
        let error = await withTaskCancellationHandler {
            await withSuspension { (continuation: PublishWaiter.Continuation) in
                self.begin(PublishBatch(messages, ids: ids, messageIDPrefix: self.messageIDPrefix, continuation), on: reference)
                if Task.isCancelled { self.cancelPublishes(ids, on: reference) }
            }
        } onCancel: {
            self.cancelPublishes(ids, on: reference)
        }
        if let error { throw error }
    }

    /// Gives a batch to the channel, then writes what may go of it, piece by piece.
    private func begin(_ batch: PublishBatch, on reference: ChannelReference) {
        var isMore = self.withState { state, now, aftermath in
            do throws(AMQPError) {
                let record = try state.channel(reference)
                let deadline = now + self.configuration.confirmTimeout
                try state.add(batch, to: record, deadline: deadline)
                state.arm(deadline)
                return true
            } catch {
                aftermath.finish(batch.refused(error))
                return false
            }
        }
        while isMore {
            isMore = self.withState { state, now, aftermath in
                guard let record = try? state.channel(reference) else { return false }
                return state.pump(record, at: now, limit: Self.batchPiece, &aftermath)
            }
        }
    }

    // MARK: Without confirms

    /// An id for a mandatory message that has none.
    func nextMessageID() -> String { self.messageIDPrefix + String(self.nextRequestID().rawValue) }

    /// Sends a message: returns when the stream has it.
    ///
    /// - Parameters:
    ///   - message: the message.
    ///   - reference: the channel.
    ///   - call: whose request it is, if any.
    ///   - deadline: when the wait ends, if before the time for a confirm is over.
    func send(
        _ message: OutgoingMessage, on reference: ChannelReference, of call: RequestID? = nil, deadline: MonotonicInstant? = nil
    ) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        self.metrics.published.increment()
        if try self.sendAtOnce(message, on: reference, of: call) { return }
        let id = call ?? self.nextRequestID()
        let error = await withTaskCancellationHandler {
            await withSuspension { (continuation: PublishWaiter.Continuation) in
                self.withState { state, now, aftermath in
                    do throws(AMQPError) {
                        let record = try state.channel(reference)
                        let latest = now + self.configuration.confirmTimeout
                        let deadline = min(deadline ?? latest, latest)
                        let action = record.machine.sendRequested(id, deadline: deadline, isGateOpen: state.isGateOpen)
                        if try state.carryOut(action, message, of: record) { return aftermath.finish((continuation, nil)) }
                        record.publishes.add(id, .write(continuation), message, wasWritten: false)
                        state.arm(deadline)
                    } catch {
                        aftermath.finish((continuation, error))
                    }
                }
                if Task.isCancelled { self.cancelPublish(id, on: reference) }
            }
        } onCancel: {
            self.cancelPublish(id, on: reference)
        }
        if let error { throw error }
    }

    /// Sends a message if it may go now, as it is as long as the stream and the broker keep up: that costs no suspension.
    private func sendAtOnce(
        _ message: OutgoingMessage, on reference: ChannelReference, of call: RequestID?
    ) throws(AMQPError) -> Bool {
        let now = self.now
        // Nobody is woken by it, so that there is nothing to do after the lock.
        let result = self.state.withLock { (state) -> Result<Bool, AMQPError> in
            do throws(AMQPError) {
                let record = try state.channel(reference)
                let action = record.machine.sendRequested(call: call, isGateOpen: state.isGateOpen)
                guard try state.carryOut(action, message, of: record) else { return .success(false) }
                state.flush(at: now)
                return .success(true)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    // MARK: Cancellation

    private func cancelPublish(_ id: RequestID, on reference: ChannelReference) {
        self.withState { state, _, aftermath in
            guard let record = try? state.channel(reference), let waiter = record.machine.publishCancelled(id) else { return }
            state.fail(waiter, of: record, with: AMQPError(failure: .cancelled), &aftermath)
        }
    }

    private func cancelPublishes(_ ids: ClosedRange<RequestID>, on reference: ChannelReference) {
        self.withState { state, _, aftermath in
            guard let record = try? state.channel(reference) else { return }
            for waiter in record.machine.publishesCancelled(ids) {
                state.fail(waiter, of: record, with: AMQPError(failure: .cancelled), &aftermath)
            }
        }
    }
}
