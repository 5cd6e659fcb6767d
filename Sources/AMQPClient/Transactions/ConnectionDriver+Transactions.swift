// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension ConnectionDriver {
    /// Begins a transaction.
    func beginTransaction(on reference: ChannelReference) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        var isBegun = false
        do throws(AMQPError) {
            _ = try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
                (state, record, id, deadline, aftermath) throws(AMQPError) in
                let start = try Self.start(
                    record.machine.transactionRequested(id, deadline: deadline), record, &state, &aftermath)
                isBegun = true
                return start
            }
        } catch {
            if isBegun { _ = self.endTransaction(on: reference) }
            throw error
        }
    }

    /// Commits the transaction.
    func commit(on reference: ChannelReference) async throws(AMQPError) {
        var isBegun = false
        do throws(AMQPError) {
            _ = try await self.reply(on: reference, timeout: self.configuration.requestTimeout) {
                (state, record, id, deadline, aftermath) throws(AMQPError) in
                let start = try Self.start(record.machine.commitRequested(id, deadline: deadline), record, &state, &aftermath)
                isBegun = true
                return start
            }
        } catch {
            throw isBegun ? error.forCommit : error
        }
        if let message = self.endTransaction(on: reference) {
            var error = AMQPError(failure: .returned(message))
            error.message += "; the transaction is committed, with its other messages"
            throw error
        }
    }

    /// Rolls the transaction back, if it is still running.
    ///
    /// It goes on when the task is cancelled: else what was done would become part of the next transaction.
    func rollBack(on reference: ChannelReference) async {
        guard self.isInTransaction(reference) else { return }
        do throws(AMQPError) {
            _ = try await self.reply(on: reference, timeout: self.configuration.closeTimeout, isCancellable: false) {
                (state, record, id, deadline, aftermath) throws(AMQPError) in
                try Self.start(record.machine.rollbackRequested(id, deadline: deadline), record, &state, &aftermath)
            }
            _ = self.endTransaction(on: reference)
        } catch {
            await self.closeChannel(reference)
        }
    }

    private func isInTransaction(_ reference: ChannelReference) -> Bool {
        self.withState { state, _, _ in (try? state.channel(reference).machine.isInTransaction) ?? false }
    }

    private func endTransaction(on reference: ChannelReference) -> ReturnedMessage? {
        self.withState { state, _, _ in try? state.channel(reference).machine.transactionEnded() }
    }
}

extension AMQPError {
    /// The error of a commit that may have been sent when this happened.
    fileprivate var forCommit: AMQPError {
        switch self.code {
        case .timedOut, .cancelled, .connectionLost, .connectionClosed, .protocolViolation:
            var error = self
            error.isDeliveryFateUnknown = true
            error.message += "; the commit may have been sent, whether the broker has committed is unknown"
            return error
        default:
            return self
        }
    }
}
