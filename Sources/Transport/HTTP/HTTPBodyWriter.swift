// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Sends the body of a request piece by piece.
public struct HTTPBodyWriter: Sendable {
    private let exchange: any HTTPExchange

    init(_ exchange: any HTTPExchange) { self.exchange = exchange }

    /// Sends more of the body, waiting while what was written before has not gone out; that is what bounds memory.
    ///
    /// Cancelling the call that the body belongs to ends the wait.
    ///
    /// - Parameter bytes: what follows; may be empty.
    /// - Throws: why the exchange is over; ``TransportError/Code/requestBodyUnwanted`` when the peer has answered in full and wants no
    ///   more, which is no failure of the exchange, and ``TransportError/Code/invalidRequest`` when it is more than the length that was
    ///   told, or another task writes.
    public func write(_ bytes: [UInt8]) async throws(TransportError) { try await self.exchange.write(bytes) }
}
