// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// SHA-256 (FIPS 180-4), over bytes at hand or piece by piece.
///
/// Bytes at hand go through ``hash(_:)-(Span<UInt8>)`` in one call. A value, for pieces, is used up by ``finalize()``; each piece may
/// be of any length.
@safe public struct SHA256: ~Copyable {
    /// What digests of bytes at hand share: a context of its own takes OpenSSL as long as a few hundred bytes do.
    ///
    /// Nothing of them stays in it, because OpenSSL clears the last block when a digest is finished.
    private static let shared = try? ExclusiveObject(makeContext())

    private let context: OpenSSLObject

    /// Starts a digest of nothing.
    ///
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL has no memory or no provider with SHA-256.
    public init() throws(CryptoError) {
        OpenSSLErrorQueue.clear()
        let digest = try unsafe FetchedAlgorithms.sha256()
        let context = try Self.makeContext()
        guard unsafe EVP_DigestInit_ex2(context.pointer, digest, nil) == 1 else {
            throw .openSSL(.operationFailed, "SHA-256 could not be started")
        }
        self.context = context
    }

    private static func makeContext() throws(CryptoError) -> OpenSSLObject {
        try unsafe OpenSSLObject(EVP_MD_CTX_new(), free: { unsafe EVP_MD_CTX_free($0) }, "no memory for a digest")
    }

    /// Adds bytes to what is digested.
    ///
    /// - Parameter bytes: the next piece, of any length.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public mutating func update(_ bytes: Span<UInt8>) throws(CryptoError) {
        let status = unsafe bytes.withUnsafeBufferPointer { buffer in
            unsafe EVP_DigestUpdate(self.context.pointer, buffer.baseAddress, buffer.count)
        }
        guard status == 1 else { throw .openSSL(.operationFailed, "SHA-256 could not take \(bytes.count) bytes") }
    }

    /// Ends the digest.
    ///
    /// - Returns: the digest of all pieces.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public consuming func finalize() throws(CryptoError) -> SHA256Digest {
        var output = InlineArray<32, UInt8>(repeating: 0)
        var span = output.mutableSpan
        let status = unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(self.context.pointer, buffer.baseAddress, nil)
        }
        guard status == 1 else { throw .openSSL(.operationFailed, "SHA-256 could not be finished") }
        return SHA256Digest(output)
    }

    /// The digest of `bytes`.
    ///
    /// - Parameter bytes: what is digested.
    /// - Returns: its digest.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public static func hash(_ bytes: Span<UInt8>) throws(CryptoError) -> SHA256Digest {
        let digest = try unsafe FetchedAlgorithms.sha256()
        var output = InlineArray<32, UInt8>(repeating: 0)
        var span = output.mutableSpan
        let status = unsafe span.withUnsafeMutableBufferPointer { result in
            unsafe bytes.withUnsafeBufferPointer { input in
                let done = Self.shared?.withObject { context in
                    unsafe EVP_DigestInit_ex2(context.pointer, digest, nil) == 1
                        && EVP_DigestUpdate(context.pointer, input.baseAddress, input.count) == 1
                        && EVP_DigestFinal_ex(context.pointer, result.baseAddress, nil) == 1
                }
                // Another thread has it.
                return unsafe done ?? false || EVP_Digest(input.baseAddress, input.count, result.baseAddress, nil, digest, nil) == 1
            }
        }
        guard status else { throw .openSSL(.operationFailed, "SHA-256 could not take \(bytes.count) bytes") }
        return SHA256Digest(output)
    }

    /// The digest of `bytes`.
    ///
    /// - Parameter bytes: what is digested.
    /// - Returns: its digest.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public static func hash(_ bytes: [UInt8]) throws(CryptoError) -> SHA256Digest { try self.hash(bytes.span) }
}
