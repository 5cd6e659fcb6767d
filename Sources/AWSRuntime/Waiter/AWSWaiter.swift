// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How to wait for a state of a resource: which answers of an operation mean it, and how often to ask.
///
/// The clients of the services have them ready, as static members such as `.functionActive`. Source: Smithy 2.0, section "Waiters".
public struct AWSWaiter<Operation: AWSOperation>: Sendable {
    /// The shortest wait between two calls; by default 2 seconds.
    public var minimumDelay: Duration
    /// The longest wait between two calls; by default 120 seconds.
    public var maximumDelay: Duration
    /// Says what an answer means.
    ///
    /// Given is the output of the call, or its error after the attempts of the retry policy. Where no acceptor of a model matches, an output
    /// means ``AWSWaiterState/retry`` and an error ``AWSWaiterState/failure``.
    public var acceptor: @Sendable (Result<Operation.Output, AWSError>) -> AWSWaiterState

    /// Makes a waiter.
    ///
    /// - Parameters:
    ///   - minimumDelay: the shortest wait between two calls.
    ///   - maximumDelay: the longest wait between two calls.
    ///   - acceptor: says what an answer means.
    public init(
        minimumDelay: Duration = .seconds(2), maximumDelay: Duration = .seconds(120),
        acceptor: @escaping @Sendable (Result<Operation.Output, AWSError>) -> AWSWaiterState
    ) {
        self.minimumDelay = minimumDelay
        self.maximumDelay = maximumDelay
        self.acceptor = acceptor
    }
}
