// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How something that takes time in AWS gets on: asked for again and again, until it has ended.
///
/// The first element is the state when it is first asked for, the last one the state in which it ended; between them there is one for each
/// state that differs from the one before. Iterating again starts anew.
public struct ProgressSequence<Element: Hashable & Sendable>: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = IoTCoreError

    let interval: Duration
    let ask: @Sendable () async throws(IoTCoreError) -> (state: Element, hasEnded: Bool)

    /// Makes an iterator that has not asked yet.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(sequence: self) }

    /// Asks for one state after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let sequence: ProgressSequence
        private var last: Element?
        private var hasEnded = false

        init(sequence: ProgressSequence) { self.sequence = sequence }

        /// The next state that differs from the one before.
        ///
        /// Cancelling the task ends the wait at once, with ``IoTCoreError/Code/cancelled``.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the state; `nil` after the last one, and after an error.
        /// - Throws: ``IoTCoreError``.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(IoTCoreError) -> Element? {
            while !self.hasEnded {
                if self.last != nil { try await self.pause() }
                // Ended, unless it turns out otherwise: also by an error.
                self.hasEnded = true
                let answer = try await self.sequence.ask()
                self.hasEnded = answer.hasEnded
                guard answer.state != self.last else { continue }
                self.last = answer.state
                return answer.state
            }
            return nil
        }

        private mutating func pause() async throws(IoTCoreError) {
            do {
                try await Task.sleep(for: self.sequence.interval)
            } catch {
                self.hasEnded = true
                throw IoTCoreError(.cancelled, message: "the task was cancelled while it waited for progress")
            }
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension ProgressSequence.AsyncIterator: Sendable {}
