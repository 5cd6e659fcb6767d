// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// A public key, as certificates and requests carry it.
///
/// Two keys are equal when their encodings are.
public struct PublicKey: Hashable, Sendable, CustomStringConvertible {
    private static let label = "PUBLIC KEY"

    /// The key as DER `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7).
    public let subjectPublicKeyInfo: [UInt8]
    /// The kind and size, or `nil` for one that this module only carries.
    public let algorithm: KeyAlgorithm?

    init(subjectPublicKeyInfo: [UInt8], algorithm: KeyAlgorithm?) {
        self.subjectPublicKeyInfo = subjectPublicKeyInfo
        self.algorithm = algorithm
    }

    /// Reads a key in PEM, label `PUBLIC KEY`.
    ///
    /// - Parameter pem: the text of one `SubjectPublicKeyInfo`, at most 64 KiB, with nothing but white space around it.
    /// - Throws: ``CryptoError/Code/malformedPEM``, ``CryptoError/Code/malformedKey`` or ``CryptoError/Code/inputTooLarge``.
    public init(pem: String) throws(CryptoError) {
        let bytes = try PEMDocument(parsing: Array(pem.utf8), label: Self.label).bytes
        let key = try Self.parse(bytes)
        unsafe self.init(subjectPublicKeyInfo: bytes, algorithm: KeyAlgorithm(of: key.pointer))
    }

    /// The key in PEM.
    public var pem: String { PEMDocument(label: Self.label, bytes: self.subjectPublicKeyInfo).text }

    /// Takes the encoding that OpenSSL holds, whatever the kind of key.
    ///
    /// - Parameters:
    ///   - structure: the `X509_PUBKEY`.
    ///   - key: the key OpenSSL made of it, if it could.
    @unsafe init(structure: OpaquePointer?, key: OpaquePointer?) throws(CryptoError) {
        let encoded = try unsafe DER.bytes(of: "the public key") { unsafe i2d_X509_PUBKEY(structure, $0) }
        unsafe self.init(subjectPublicKeyInfo: encoded, algorithm: key.flatMap { unsafe KeyAlgorithm(of: $0) })
    }

    /// Whether `signature` is this key's over `message`, made as ``PrivateKey/signature(for:)`` does.
    ///
    /// - Parameters:
    ///   - signature: the signature; any bytes.
    ///   - message: what was signed.
    /// - Returns: whether it is; malformed signatures are not.
    /// - Throws: ``CryptoError/Code/unsupportedKey`` when ``algorithm`` is `nil`; ``CryptoError/Code/operationFailed`` when OpenSSL
    ///   fails.
    public func isValidSignature(_ signature: Span<UInt8>, for message: Span<UInt8>) throws(CryptoError) -> Bool {
        guard let algorithm else {
            throw CryptoError(.unsupportedKey, message: "signatures of this kind of key are not checked here")
        }
        let key = try self.parsed()
        let context = try unsafe OpenSSLObject(EVP_MD_CTX_new(), free: { unsafe EVP_MD_CTX_free($0) }, "no memory for a signature")
        guard unsafe EVP_DigestVerifyInit_ex(context.pointer, nil, algorithm.digestName, nil, nil, key.pointer, nil) == 1 else {
            throw .openSSL(.operationFailed, "the signature check could not be started")
        }
        defer { OpenSSLErrorQueue.clear() }
        return unsafe signature.withUnsafeBufferPointer { signature in
            unsafe message.withUnsafeBufferPointer { message in
                unsafe EVP_DigestVerify(
                    context.pointer, signature.baseAddress, signature.count, message.baseAddress, message.count) == 1
            }
        }
    }

    /// The key as OpenSSL's object.
    func parsed() throws(CryptoError) -> OpenSSLObject { try Self.parse(self.subjectPublicKeyInfo) }

    private static func parse(_ bytes: [UInt8]) throws(CryptoError) -> OpenSSLObject {
        try unsafe DER.parse(
            bytes.span, orThrow: .malformedKey, "a public key", free: { unsafe EVP_PKEY_free($0) },
            decode: { unsafe d2i_PUBKEY(nil, &$0, $1) })
    }

    /// The algorithm, or that it is not known here.
    public var description: String { "PublicKey(\(self.algorithm?.description ?? "of another kind"))" }
}
