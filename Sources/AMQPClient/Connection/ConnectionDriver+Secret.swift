// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension ConnectionDriver {
    /// Tells the broker of a new secret and waits until it has taken it; without a connection, the next one is made with it.
    func updateSecret(_ secret: AMQPSecret, reason: String) async throws(AMQPError) {
        if Task.isCancelled { throw AMQPError(failure: .cancelled) }
        let id = self.nextRequestID()
        let error = await withTaskCancellationHandler {
            await withSuspension { (continuation: Aftermath.ConnectContinuation) in
                self.withState { state, now, aftermath in
                    do throws(AMQPError) {
                        if let error = state.endError { throw error }
                        try state.checkEncodable(.connectionUpdateSecret(ConnectionUpdateSecret(newSecret: secret, reason: reason)))
                        let deadline = now + self.configuration.requestTimeout
                        switch state.connection.secretUpdateRequested(id, secret, reason: reason, deadline: deadline) {
                        case .send(let method): state.write(method, channel: 0, &aftermath)
                        case .succeed: return aftermath.resume(continuation, failing: nil)
                        case .fail(let failure): throw state.error(for: failure)
                        }
                        state.secretContinuations[id] = continuation
                        state.arm(deadline)
                    } catch {
                        aftermath.resume(continuation, failing: error)
                    }
                }
                // The handler below may have been called too early to find the continuation.
                if Task.isCancelled { self.cancelSecretUpdate(id) }
            }
        } onCancel: {
            self.cancelSecretUpdate(id)
        }
        if let error { throw error }
    }

    private func cancelSecretUpdate(_ id: RequestID) {
        self.withState { state, _, aftermath in
            guard state.connection.secretUpdateCancelled(id) else { return }
            aftermath.resume(state.secretContinuations.removeValue(forKey: id), failing: AMQPError(failure: .cancelled))
        }
    }
}
