// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The states of a connection: the present one first, then each change, until the connection is closed, whose state is the last.
///
/// Nothing is buffered: who is slow sees the latest state and misses those in between.
public struct AMQPConnectionStates: AsyncSequence, Sendable {
    /// What the sequence throws: nothing.
    public typealias Failure = Never

    let driver: ConnectionDriver

    /// Makes an iterator for the use of one task.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(driver: self.driver) }

    /// Takes states one after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let driver: ConnectionDriver
        private var seen: UInt64 = 0

        init(driver: ConnectionDriver) { self.driver = driver }

        /// The present state, once it is another than the one before.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the state; `nil` after ``AMQPConnectionState/Phase-swift.struct/closed``, or when the task is cancelled.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> AMQPConnectionState? {
            guard let (version, state) = await self.driver.nextState(after: self.seen) else { return nil }
            self.seen = version
            return state
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension AMQPConnectionStates.AsyncIterator: Sendable {}
