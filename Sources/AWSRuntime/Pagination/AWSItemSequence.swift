// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The entries of a list, through all of its pages; a page is asked for when the entries of the one before were taken.
public struct AWSItemSequence<Operation: AWSPaginatedOperation>: AsyncSequence, Sendable {
    /// What the sequence throws.
    public typealias Failure = AWSError

    let pages: AWSPageSequence<Operation>

    /// Makes an iterator that stands before the first entry.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(pages: self.pages.makeAsyncIterator()) }

    /// Takes one entry after the other, for one task.
    public struct AsyncIterator: AsyncIteratorProtocol {
        var pages: AWSPageSequence<Operation>.AsyncIterator
        var page: [Operation.Element] = []
        var position = 0

        /// The next entry.
        ///
        /// Cancelling the task ends the call under way, as ``AWSClient/send(_:)`` describes.
        ///
        /// - Parameter actor: the actor of the caller.
        /// - Returns: the entry; `nil` after the last one of the last page, and after an error.
        /// - Throws: the error of a call.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(AWSError) -> Operation.Element? {
            // A page may be empty and still have one after it.
            while self.position == self.page.count {
                guard let output = try await self.pages.next(isolation: actor) else { return nil }
                self.page = Operation.items(of: output)
                self.position = 0
            }
            defer { self.position += 1 }
            return self.page[self.position]
        }
    }
}

/// Not `Sendable`: an iterator belongs to the task that made it.
@available(*, unavailable)
extension AWSItemSequence.AsyncIterator: Sendable {}
