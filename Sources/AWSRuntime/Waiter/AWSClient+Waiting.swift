// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AWSClient {
    /// Calls an operation until its answer means the state that is waited for.
    ///
    /// Each call has the attempts of the retry policy. Cancelling the task ends the wait at once.
    ///
    /// - Parameters:
    ///   - operation: what to call.
    ///   - waiter: which answers mean the state, and how often to ask.
    ///   - timeout: after how long no other call is begun; by default 5 minutes. One that is under way has its own limits.
    /// - Returns: the output that meant the state; `nil` where an error meant it, such as that the resource is gone.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/timedOut`` and code `WaiterTimedOut` when the time is over; the call's error, or one of
    ///   kind ``AWSError/Kind/waiter``, when the state will not come.
    @discardableResult
    public func wait<Operation: AWSOperation>(
        for operation: Operation, until waiter: AWSWaiter<Operation>, timeout: Duration = .seconds(300)
    ) async throws(AWSError) -> Operation.Output? {
        let start = ContinuousClock.now
        var machine = WaiterStateMachine(
            minimumDelay: waiter.minimumDelay, maximumDelay: waiter.maximumDelay, timeout: timeout)
        while true {
            let answer: Result<Operation.Output, AWSError>
            do {
                answer = .success(try await self.send(operation))
            } catch {
                guard error.kind != .cancelled else { throw error }
                answer = .failure(error)
            }
            let elapsed = ContinuousClock.now - start
            switch machine.callAnswered(waiter.acceptor(answer), elapsed: elapsed, jitter: .random(in: 0..<1)) {
            case .succeed: return try? answer.get()
            case .fail:
                _ = try answer.get()
                throw AWSError(
                    .waiter, code: "WaiterFailed", message: "by the answer to \(Operation.name), the state that is waited for will not come"
                )
            case .giveUp:
                var message = "\(Operation.name) was not answered with the state that is waited for within \(timeout)"
                if case .failure(let error) = answer { message += "; the last answer was \(error)" }
                throw AWSError(.timedOut, code: "WaiterTimedOut", message: message, isRetryable: true)
            case .wait(let delay): try await self.pause(for: delay)
            }
        }
    }
}
