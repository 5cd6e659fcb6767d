// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The body of a response, in pieces as they arrive.
///
/// It is read once, by one task. While nobody asks for more, no more is taken from the peer than the transport's bound, some 100 KiB.
public struct HTTPResponseStream: AsyncSequence, Sendable {
    private let exchange: any HTTPExchange

    init(_ exchange: any HTTPExchange) { self.exchange = exchange }

    /// Asks for one piece after the other.
    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let exchange: any HTTPExchange

        /// Waits for more of the body.
        ///
        /// Cancelling the task ends the exchange and throws ``TransportError/Code/cancelled``.
        ///
        /// - Parameter actor: where the caller is.
        /// - Returns: at least one byte, or `nil` once the body is complete.
        /// - Throws: why the body is not complete.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(TransportError) -> [UInt8]? {
            try await self.exchange.next()
        }

        /// Waits for more of the body.
        public mutating func next() async throws(TransportError) -> [UInt8]? { try await self.exchange.next() }
    }

    /// Makes an iterator; all of them take from the same body.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(exchange: self.exchange) }

    /// Reads the rest of the body into memory.
    ///
    /// - Parameter maximum: how many bytes to take at most.
    /// - Returns: the rest.
    /// - Throws: why the body is not complete; ``TransportError/Code/responseTooLarge`` when it is longer.
    public func bytes(upTo maximum: Int) async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        while let piece = try await self.exchange.next() {
            guard piece.count <= maximum - bytes.count else {
                throw TransportError(.responseTooLarge, message: "the response's body is longer than \(maximum) bytes")
            }
            bytes += piece
        }
        return bytes
    }
}
