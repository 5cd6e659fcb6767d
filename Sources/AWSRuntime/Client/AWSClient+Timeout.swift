// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AWSClient {
    /// What comes of the two tasks of a call with a time limit.
    private enum Outcome<Value: Sendable>: Sendable {
        case ended(Result<Value, AWSError>)
        case timeIsOver
        /// The caller's task was cancelled.
        case cancelled
    }

    /// Runs a call under the limit of the configuration for whole calls, where there is one.
    func withTimeout<Value: Sendable>(
        of call: Call, _ body: @escaping @Sendable () async throws(AWSError) -> Value
    ) async throws(AWSError) -> Value {
        guard let limit = self.configuration.callTimeout else { return try await body() }
        let result = await withTaskGroup(of: Outcome<Value>.self) { group in
            group.addTask {
                do throws(AWSError) { return .ended(.success(try await body())) } catch { return .ended(.failure(error)) }
            }
            group.addTask {
                do {
                    try await Task.sleep(until: call.start + limit, clock: .continuous)
                    return .timeIsOver
                } catch {
                    return .cancelled
                }
            }
            var isTimeOver = false
            while let outcome = await group.next() {
                switch outcome {
                case .ended(.success(let value)):
                    group.cancelAll()
                    return Result<Value, AWSError>.success(value)
                case .ended(.failure(let error)):
                    group.cancelAll()
                    return .failure(isTimeOver ? Self.callTimedOut(call, after: limit) : error)
                case .timeIsOver:
                    // The call ends soon, and may have succeeded just now.
                    isTimeOver = true
                    group.cancelAll()
                case .cancelled: break
                }
            }
            return .failure(Self.callTimedOut(call, after: limit))
        }
        return try result.get()
    }

    private static func callTimedOut(_ call: Call, after limit: Duration) -> AWSError {
        AWSError(
            .timedOut, code: "CallTimedOut",
            message: "\(call.service.name) \(call.operation) was not done within \(limit); whether AWS has acted is unknown",
            isRetryable: true)
    }
}
