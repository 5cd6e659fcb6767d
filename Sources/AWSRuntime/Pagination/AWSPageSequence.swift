// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The pages of a list, each asked for when the one before was taken.
///
/// Iterating again starts at the first page again. A service that answers with the token it was asked with would be asked for ever: that ends
/// the sequence with an error of kind ``AWSError/Kind/malformedResponse`` and code `PaginationLoop`.
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
            let output = try await self.client.send(operation)
            guard let following = operation.nextPage(after: output) else { return output }
            guard !Self.isSameCall(following, operation) else {
                throw AWSError(
                    .malformedResponse, code: "PaginationLoop",
                    message: "\(Operation.name) was answered with the token of the page that it had asked for")
            }
            self.next = following
            return output
        }

        /// Whether two calls go out as the same request.
        private static func isSameCall(_ left: Operation, _ right: Operation) -> Bool {
            let requests = [left, right].map { operation in
                var builder = AWSRequestBuilder(Operation.self)
                operation.encode(into: &builder)
                return try? builder.finish(for: AWSEndpoint(scheme: "https", authority: "localhost"))
            }
            guard let left = requests[0], let right = requests[1] else { return false }
            return left.head == right.head && left.body == right.body
        }
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
