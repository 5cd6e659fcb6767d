// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What became of one event, for the one task that waits for it; resolved once, before or while it waits.
package final class EventConfirmation: Sendable {
    package typealias Outcome = Result<Void, LamassuEventsError>

    private enum State {
        case open
        case waiting(CheckedContinuation<Outcome, Never>)
        case resolved(Outcome)
    }

    private let state = Mutex(State.open)

    package init() {}

    func resolve(_ outcome: Outcome) {
        let waiting = self.state.withLock { state -> CheckedContinuation<Outcome, Never>? in
            switch state {
            case .resolved: return nil
            case .open:
                state = .resolved(outcome)
                return nil
            case .waiting(let continuation):
                state = .resolved(outcome)
                return continuation
            }
        }
        waiting?.resume(returning: outcome)
    }

    /// Waits for the outcome; cancelling the task ends the wait, and leaves the event where it is.
    package func wait() async throws(LamassuEventsError) {
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resolved = self.state.withLock { state -> Outcome? in
                    if case .resolved(let outcome) = state { return outcome }
                    state = .waiting(continuation)
                    return nil
                }
                if let resolved { continuation.resume(returning: resolved) }
            }
        } onCancel: {
            self.resolve(
                .failure(LamassuEventsError(.cancelled, message: "the task was cancelled; the event stays in the outbox")))
        }
        try outcome.get()
    }
}
