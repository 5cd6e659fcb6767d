// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import SystemCrypto

/// The chain of signatures along a body: each covers the one before, the first that of the request.
struct StreamSignature {
    private let algorithm: SigningAlgorithm
    private let context: SigningContext
    private let keys: SigningKeyCache
    private var previous: String

    /// Starts behind a signed request.
    init(seed: String, context: SigningContext, keys: SigningKeyCache) {
        self.algorithm = context.algorithm
        self.context = context
        self.keys = keys
        self.previous = seed
    }

    /// Signs a piece of the body.
    ///
    /// - Parameters:
    ///   - piece: the piece.
    ///   - headers: what stands before the piece and is signed with it; nothing in a chunk.
    ///   - timestamp: when the piece is signed; `nil` for the time of the request.
    mutating func sign(
        _ piece: Span<UInt8>, headers: [UInt8] = [], at timestamp: AWSTimestamp? = nil
    ) throws(AWSSignerError) -> String {
        try self.next("PAYLOAD", [self.digest(headers.span), self.digest(piece)], at: timestamp)
    }

    /// Signs the trailers.
    mutating func sign(trailers: [UInt8]) throws(AWSSignerError) -> String {
        try self.next("TRAILER", [self.digest(trailers.span)], at: nil)
    }

    private func digest(_ bytes: Span<UInt8>) throws(AWSSignerError) -> String {
        do throws(CryptoError) { return try SHA256.hash(bytes).hexadecimal } catch { throw AWSSignerError(error) }
    }

    private mutating func next(_ kind: String, _ digests: [String], at timestamp: AWSTimestamp?) throws(AWSSignerError) -> String {
        let scope = CredentialScope(self.context, at: timestamp)
        let lines = ["\(self.algorithm)-\(kind)", scope.timestamp, scope.text, self.previous] + digests
        self.previous = try self.keys.key(for: self.context, in: scope).signature(for: Array(lines.joined(separator: "\n").utf8))
        return self.previous
    }
}
