// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import SystemCrypto

/// The body of a request, as far as its signature needs it.
public struct SigningPayload: Hashable, Sendable {
    private enum Form: Hashable {
        case digest(SHA256Digest)
        case unsigned
        case stream(marker: String)
    }

    private let form: Form

    private init(_ form: Form) { self.form = form }

    /// A body at hand.
    ///
    /// - Parameter bytes: the body; empty for none.
    /// - Returns: its digest, to be signed.
    /// - Throws: ``AWSSignerError/Code/cryptographyFailed`` when OpenSSL fails.
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

    /// A body that follows in pieces, each with a signature of its own or none.
    static func stream(marker: String) -> SigningPayload { SigningPayload(.stream(marker: marker)) }

    /// Appends what stands for the body in the canonical request.
    func append(to text: inout [UInt8]) {
        if case .digest(let digest) = self.form { Hexadecimal.append(digest, to: &text) } else { text.append(self.text) }
    }

    /// What stands for the body in the canonical request.
    var text: String {
        switch self.form {
        case .digest(let digest): digest.hexadecimal
        case .unsigned: "UNSIGNED-PAYLOAD"
        case .stream(let marker): marker
        }
    }
}

extension AWSSignerError {
    /// The failure of a digest, a key or a signature.
    init(_ error: CryptoError) { self.init(.cryptographyFailed, message: error.description) }
}
