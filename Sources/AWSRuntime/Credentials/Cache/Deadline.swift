// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Runs a body that must be done in time; when it is not, or when the task is cancelled, the body is cancelled and waited for.
///
/// - Parameters:
///   - duration: how long it may take.
///   - clock: how to wait.
///   - body: ends soon when it is cancelled.
/// - Returns: what the body returned or threw; ``AWSErrorCode/credentialsTimedOut`` when it took too long.
func withDeadline<Value: Sendable>(
    _ duration: Duration, clock: CredentialsClock, _ body: @escaping @Sendable () async throws(AWSError) -> Value
) async -> Result<Value, AWSError> {
    await withTaskGroup(of: Result<Value, AWSError>?.self) { group in
        group.addTask {
            do throws(AWSError) { return .success(try await body()) } catch { return .failure(error) }
        }
        group.addTask {
            try? await clock.sleep(duration)
            return nil
        }
        let first = await group.next() ?? nil
        group.cancelAll()
        if let first { return first }
        // The body may have ended just now, which counts.
        if let late = await group.next() ?? nil, case .success = late { return late }
        return .failure(
            AWSError(
                .credentials, code: .credentialsTimedOut, message: "the source of the credentials did not answer within \(duration)",
                isRetryable: true))
    }
}
