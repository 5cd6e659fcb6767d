// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// What a function returns, in pieces as they arrive; ``LambdaClient/withResponseStream(of:qualifier:with:_:)`` gives it.
///
/// It is read once, by one task. While nobody asks for pieces, Lambda is made to wait.
public struct FunctionResponseStream: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = LambdaError

    /// The version of the function that was invoked.
    public let executedVersion: String?

    private let functionName: String
    private let events: AWSEventStream<InvokeWithResponseStream>

    init(
        _ events: AWSEventStream<InvokeWithResponseStream>, of functionName: String, _ output: InvokeWithResponseStream.Output
    ) {
        self.events = events
        self.functionName = functionName
        self.executedVersion = output.executedVersion
    }

    /// Makes an iterator; all of them take from the same stream, so one is enough.
    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(events: self.events.makeAsyncIterator(), functionName: self.functionName, executedVersion: self.executedVersion)
    }

    /// Takes one piece after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var events: AWSEventStream<InvokeWithResponseStream>.AsyncIterator
        let functionName: String
        let executedVersion: String?
        var isOver = false

        /// Waits for the next piece.
        ///
        /// Cancelling the task ends the exchange.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the piece; `nil` when the function has returned, and after an error.
        /// - Throws: ``LambdaError``: of code ``LambdaError/Code/functionFailed`` when the function failed, which it may do behind any number of
        ///   pieces, and ``LambdaError/Code/callFailed`` when the answer ended before the function did.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(LambdaError) -> [UInt8]? {
            while !self.isOver {
                // Over, unless it turns out otherwise: also by an error.
                self.isOver = true
                switch try await self.event(isolation: actor) {
                case .payloadChunk(let chunk):
                    self.isOver = false
                    return chunk.payload ?? []
                case .unknown: self.isOver = false
                case .invokeComplete(let end):
                    // Read to its end, the connection can be used again.
                    _ = try? await self.events.next(isolation: actor)
                    if let error = self.failure(end) { throw error }
                case nil:
                    throw LambdaError(.callFailed, message: "the answer of \(self.functionName) ended before the function did")
                }
            }
            return nil
        }

        private mutating func event(
            isolation actor: isolated (any Actor)?
        ) async throws(LambdaError) -> InvokeWithResponseStream.Event? {
            do {
                return try await self.events.next(isolation: actor)
            } catch {
                throw LambdaError(error)
            }
        }

        private func failure(_ end: InvokeWithResponseStreamCompleteEvent) -> LambdaError? {
            guard let kind = end.errorCode else { return nil }
            var failure = FunctionFailure(
                payload: Array((end.errorDetails ?? "").utf8), logTail: end.logTail, executedVersion: self.executedVersion)
            // The details are the runtime's JSON, or a text.
            failure.type = failure.type ?? kind
            failure.message = failure.message ?? end.errorDetails
            return LambdaError(failureOf: self.functionName, kind, failure)
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension FunctionResponseStream.AsyncIterator: Sendable {}
