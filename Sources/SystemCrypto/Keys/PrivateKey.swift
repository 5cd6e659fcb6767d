// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// A private key: made here or read from PKCS #8, used to sign certificates, requests and messages.
///
/// The key stays in OpenSSL's memory, which is cleared when the last reference goes. Description and mirror show the algorithm
/// alone. ``pem()`` gives the key away, so what calls it must keep the text secret.
///
/// `@unchecked Sendable`: the `EVP_PKEY` is not changed after the initialiser. OpenSSL allows an `EVP_PKEY` that nobody changes to be
/// used by any number of threads (openssl-threads(7)); what it computes lazily inside (exports to a provider, RSA blinding) is
/// under its own locks.
@safe public final class PrivateKey: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    private static let label = "PRIVATE KEY"

    /// The kind and size of the key.
    public let algorithm: KeyAlgorithm
    /// The public half.
    public let publicKey: PublicKey

    private let key: OpenSSLObject

    private init(_ key: consuming OpenSSLObject) throws(CryptoError) {
        guard let algorithm = unsafe KeyAlgorithm(of: key.pointer) else {
            throw CryptoError(.unsupportedKey, message: "the key is neither RSA of 2048, 3072 or 4096 bits nor EC on P-256 or P-384")
        }
        let pointer = unsafe key.pointer
        let encoded = try unsafe DER.bytes(of: "the public key") { unsafe i2d_PUBKEY(pointer, $0) }
        self.algorithm = algorithm
        self.publicKey = PublicKey(subjectPublicKeyInfo: encoded, algorithm: algorithm)
        self.key = key
    }

    /// Makes a new key.
    ///
    /// It computes on the calling thread: an EC key takes well under a millisecond, an RSA key of 2048 bits some tens of milliseconds, one
    /// of 4096 bits up to seconds.
    ///
    /// - Parameter algorithm: the kind and size.
    /// - Returns: the key.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public static func generate(_ algorithm: KeyAlgorithm) throws(CryptoError) -> PrivateKey {
        OpenSSLErrorQueue.clear()
        return try unsafe PrivateKey(
            OpenSSLObject(algorithm.generate(), free: { unsafe EVP_PKEY_free($0) }, "no key of \(algorithm) could be made"))
    }

    /// Reads a key in unencrypted PKCS #8 (RFC 5958), label `PRIVATE KEY`.
    ///
    /// - Parameter pem: the PEM text, at most 64 KiB. `openssl pkcs8 -topk8 -nocrypt` turns other forms into this one.
    /// - Throws: ``CryptoError/Code/malformedPEM``, ``CryptoError/Code/malformedKey``, ``CryptoError/Code/unsupportedKey`` or
    ///   ``CryptoError/Code/inputTooLarge``.
    public convenience init(pem: String) throws(CryptoError) {
        let document = try PEMDocument(parsing: Array(pem.utf8), label: Self.label)
        let info = try unsafe DER.parse(
            document.bytes, orThrow: .malformedKey, "a PKCS #8 private key", free: { unsafe PKCS8_PRIV_KEY_INFO_free($0) },
            decode: { unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &$0, $1) })
        try unsafe self.init(
            OpenSSLObject(
                EVP_PKCS82PKEY(info.pointer), free: { unsafe EVP_PKEY_free($0) }, orThrow: .malformedKey,
                "the PKCS #8 structure holds no key that OpenSSL reads"))
    }

    /// The key as PKCS #8 in PEM: a secret.
    ///
    /// - Returns: the text.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public func pem() throws(CryptoError) -> String {
        OpenSSLErrorQueue.clear()
        let info = try unsafe OpenSSLObject(
            EVP_PKEY2PKCS8(self.key.pointer), free: { unsafe PKCS8_PRIV_KEY_INFO_free($0) }, "the key could not be encoded")
        let pointer = unsafe info.pointer
        let bytes = try unsafe DER.bytes(of: "the key") { unsafe i2d_PKCS8_PRIV_KEY_INFO(pointer, $0) }
        return PEMDocument(label: Self.label, bytes: bytes).text
    }

    /// Signs a message with the digest of ``algorithm``.
    ///
    /// - Parameter message: what is signed; it is digested here.
    /// - Returns: a PKCS #1 v1.5 signature of an RSA key (RFC 8017), a DER `ECDSA-Sig-Value` of an EC key (RFC 3279).
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public func signature(for message: Span<UInt8>) throws(CryptoError) -> [UInt8] {
        OpenSSLErrorQueue.clear()
        let context = try unsafe OpenSSLObject(EVP_MD_CTX_new(), free: { unsafe EVP_MD_CTX_free($0) }, "no memory for a signature")
        let signature: [UInt8]? = unsafe message.withUnsafeBufferPointer { input in
            var count = 0
            guard
                unsafe EVP_DigestSignInit_ex(context.pointer, nil, self.algorithm.digestName, nil, nil, self.key.pointer, nil) == 1,
                unsafe EVP_DigestSign(context.pointer, nil, &count, input.baseAddress, input.count) == 1
            else { return nil }
            var signature = [UInt8](repeating: 0, count: count)
            guard unsafe EVP_DigestSign(context.pointer, &signature, &count, input.baseAddress, input.count) == 1 else { return nil }
            return Array(signature.prefix(count))
        }
        guard let signature else { throw .openSSL(.operationFailed, "the key could not sign") }
        return signature
    }

    /// Calls `body` with the `EVP_PKEY` and the `EVP_MD` it signs with, which `body` must not keep or change.
    @unsafe func withKey<Result>(_ body: (_ key: OpaquePointer, _ digest: OpaquePointer?) -> Result) -> Result {
        unsafe body(self.key.pointer, self.algorithm.digest)
    }

    /// The algorithm and that the key itself is not shown.
    public var description: String { "PrivateKey(\(self.algorithm), redacted)" }

    /// An empty mirror, so that a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
