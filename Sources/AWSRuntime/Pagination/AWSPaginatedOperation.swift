// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An operation that lists something in pages; ``AWSClient/pages(of:)`` and ``AWSClient/items(of:)`` go through them.
public protocol AWSPaginatedOperation: AWSOperation {
    /// One entry of the list.
    associatedtype Element: Sendable

    /// The entries of one page, in the order in which the service sent them.
    ///
    /// - Parameter output: the page.
    static func items(of output: Output) -> [Element]

    /// The call for the page after one.
    ///
    /// - Parameter output: the answer to this call.
    /// - Returns: this call with the token of the next page; `nil` after the last one, which an empty token tells too.
    func nextPage(after output: Output) -> Self?
}
