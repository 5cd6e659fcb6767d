// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import SystemCrypto

/// The body of a request, as far as its signature needs it.
public struct SigningPayload: Hashable, Sendable {
    private enum Form: Hashable {
        case digest(SHA256Digest)
        case unsigned
    }

    private let form: Form

    private init(_ form: Form) { self.form = form }

    /// A body at hand.
    ///
    /// - Parameter bytes: the body; empty for none.
    /// - Returns: its digest, to be signed.
    /// - Throws: ``AWSSignerError/Code/digestFailed`` when OpenSSL fails.
    public static func bytes(_ bytes: [UInt8]) throws(AWSSignerError) -> SigningPayload {
        do throws(CryptoError) { return SigningPayload(.digest(try SHA256.hash(bytes))) } catch { throw AWSSignerError(error) }
    }

    /// A body of which only the digest is at hand.
    ///
    /// - Parameter digest: the digest of the body.
    /// - Returns: the digest, to be signed.
    public static func digest(_ digest: SHA256Digest) -> SigningPayload { SigningPayload(.digest(digest)) }

    /// A body that is not signed, which S3 allows.
    public static let unsigned = SigningPayload(.unsigned)

    /// What stands for the body in the canonical request.
    var text: String {
        switch self.form {
        case .digest(let digest): digest.hexadecimal
        case .unsigned: "UNSIGNED-PAYLOAD"
        }
    }
}

extension AWSSignerError {
    /// The failure of a digest.
    init(_ error: CryptoError) { self.init(.digestFailed, message: error.description) }
}
