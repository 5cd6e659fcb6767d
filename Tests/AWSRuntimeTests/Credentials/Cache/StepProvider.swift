// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Synchronization

/// Answers when the test says so, which no source over the network can be made to.
final class StepProvider: AWSCredentialsProvider {
    private struct State {
        var calls = 0
        var waiting: [Int: CheckedContinuation<Result<AWSCredentials, AWSError>, Never>] = [:]
        var invalidated: [AWSCredentials] = []
    }

    private let state = Mutex(State())

    /// How often it was asked.
    var calls: Int { self.state.withLock { $0.calls } }
    /// How many callers wait for it.
    var waiting: Int { self.state.withLock { $0.waiting.count } }
    var invalidated: [AWSCredentials] { self.state.withLock { $0.invalidated } }

    func answer(_ result: Result<AWSCredentials, AWSError>) {
        let waiting = self.state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting.values
        }
        for continuation in waiting { continuation.resume(returning: result) }
    }

    func credentials() async throws(AWSError) -> AWSCredentials {
        let id = self.state.withLock { state in
            state.calls += 1
            return state.calls
        }
        let cancelled = AWSError(.cancelled, code: "Cancelled", message: "")
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isCancelled = self.state.withLock { state in
                    if Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isCancelled { continuation.resume(returning: .failure(cancelled)) }
            }
        } onCancel: {
            self.state.withLock { $0.waiting.removeValue(forKey: id) }?.resume(returning: .failure(cancelled))
        }
        return try result.get()
    }

    func invalidate(_ credentials: AWSCredentials) { self.state.withLock { $0.invalidated.append(credentials) } }
}
