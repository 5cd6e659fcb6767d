// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The pages of a list, each asked for when the one before was taken.
///
/// Iterating again starts at the first page again. A service that answers with a token that it was asked with before, among the last thousand,
/// would be asked for ever: after the page that came with the token, the sequence ends with an error of kind
/// ``AWSError/Kind/malformedResponse`` and code `PaginationLoop`.
public struct AWSPageSequence<Operation: AWSPaginatedOperation>: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = AWSError

    let client: AWSClient
    let first: Operation

    /// Makes an iterator that stands before the first page.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(client: self.client, next: self.first) }

    /// Asks for one page after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let client: AWSClient
        var next: Operation?
        /// The hash values of the newest requests that went out.
        var asked: [Int] = []

        /// The next page.
        ///
        /// Cancelling the task ends the call under way, as ``AWSClient/send(_:)`` describes.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the page; `nil` after the last one, and after an error.
        /// - Throws: the error of the call.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AWSError) -> Operation.Output? {
            guard let operation = self.next else { return nil }
            self.next = nil
            guard self.isNew(operation) else {
                throw AWSError(
                    .malformedResponse, code: "PaginationLoop",
                    message: "\(Operation.name) was answered with the token of a page that had been asked for before")
            }
            let output = try await self.client.send(operation)
            self.next = operation.nextPage(after: output)
            return output
        }

        /// Whether no call has gone out as the same request; remembers it.
        private mutating func isNew(_ operation: Operation) -> Bool {
            var builder = AWSRequestBuilder(Operation.self)
            operation.encode(into: &builder)
            // What cannot be sent is told by the call.
            guard let request = try? builder.finish(for: AWSEndpoint(scheme: "https", authority: "localhost")) else { return true }
            var hasher = Hasher()
            hasher.combine(request.head)
            hasher.combine(request.body)
            let hash = hasher.finalize()
            guard !self.asked.contains(hash) else { return false }
            if self.asked.count == Self.maximumAsked { self.asked.removeFirst() }
            self.asked.append(hash)
            return true
        }

        private static var maximumAsked: Int { 1_000 }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension AWSPageSequence.AsyncIterator: Sendable {}

extension AWSClient {
    /// The pages of a list.
    ///
    /// - Parameter operation: the call for the first page.
    /// - Returns: a sequence that asks for each page when it is iterated to.
    public func pages<Operation: AWSPaginatedOperation>(of operation: Operation) -> AWSPageSequence<Operation> {
        AWSPageSequence(client: self, first: operation)
    }

    /// The entries of a list, through all of its pages.
    ///
    /// - Parameter operation: the call for the first page.
    /// - Returns: a sequence that asks for a page when the entries of the one before were taken.
    public func items<Operation: AWSPaginatedOperation>(of operation: Operation) -> AWSItemSequence<Operation> {
        AWSItemSequence(pages: self.pages(of: operation))
    }
}
