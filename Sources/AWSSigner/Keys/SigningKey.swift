// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import SystemCrypto

/// A key derived from credentials, which signs.
enum SigningKey: Sendable {
    /// For ``SigningAlgorithm/v4``.
    case symmetric(HMACSHA256)
    /// For ``SigningAlgorithm/v4a``.
    case asymmetric(PrivateKey)

    /// Derives the key of a context.
    init(_ context: SigningContext, scope: CredentialScope) throws(CryptoError) {
        switch context.algorithm {
        case .v4a: self = .asymmetric(try AsymmetricKeyDerivation.key(of: context.credentials))
        default: self = .symmetric(try Self.derive(context, day: scope.day))
        }
    }

    /// The signature of a text, in hexadecimal digits.
    func signature(for text: [UInt8]) throws(AWSSignerError) -> String {
        do throws(CryptoError) {
            switch self {
            case .symmetric(let key): return try key.authenticationCode(for: text.span).hexadecimal
            case .asymmetric(let key):
                let signature = try key.signature(for: text.span)
                return Hexadecimal.encode(signature.span)
            }
        } catch {
            throw AWSSignerError(error)
        }
    }

    private static func derive(_ context: SigningContext, day: Substring) throws(CryptoError) -> HMACSHA256 {
        var key = SecretBytes(utf8: context.credentials.secretAccessKey, after: "AWS4")
        for part in [String(day), context.region, context.service, "aws4_request"] {
            let hmac = try key.withSpan { (key) throws(CryptoError) in try HMACSHA256(key: key) }
            let message = Array(part.utf8)
            key = try hmac.secretCode(for: message.span)
        }
        return try key.withSpan { (key) throws(CryptoError) in try HMACSHA256(key: key) }
    }
}

extension SecretBytes {
    /// The bytes of a secret text behind those of a label.
    init(utf8 secret: String, after label: String) {
        self.init(count: label.utf8.count + secret.utf8.count) { bytes in
            var index = 0
            for byte in label.utf8 {
                bytes[index] = byte
                index += 1
            }
            for byte in secret.utf8 {
                bytes[index] = byte
                index += 1
            }
        }
    }
}
