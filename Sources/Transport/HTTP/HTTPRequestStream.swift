// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The body of a request that is made while it goes out.
public struct HTTPRequestStream: Sendable {
    /// How long the body is.
    public let length: HTTPBodyLength
    /// Writes the body, from its first byte to its last.
    let write: @Sendable (HTTPBodyWriter) async throws -> Void

    /// Makes a body of what a closure writes.
    ///
    /// - Parameters:
    ///   - length: how long the body is; by default unknown.
    ///   - write: writes the body, and returns at its end; an error that it throws ends the exchange. It runs in a task of its own while
    ///     the response is read, and is cancelled when that is done.
    public init(length: HTTPBodyLength = .unknown, write: @escaping @Sendable (HTTPBodyWriter) async throws -> Void) {
        self.length = length
        self.write = write
    }

    /// Makes a body of a sequence of pieces, which is asked for the next one when the one before has gone out.
    ///
    /// - Parameters:
    ///   - pieces: the body in pieces; an error that it throws ends the exchange.
    ///   - length: how long the body is; by default unknown.
    public init<Pieces: AsyncSequence & Sendable>(_ pieces: Pieces, length: HTTPBodyLength = .unknown) where Pieces.Element == [UInt8] {
        self.init(length: length) { writer in
            for try await piece in pieces { try await writer.write(piece) }
        }
    }
}
