// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// A private key: made here, read from PEM or kept in hardware, used to sign certificates, requests and messages.
///
/// The key stays in OpenSSL's memory, which is cleared when the last reference goes, or in the hardware. Description and mirror show the
/// algorithm alone. ``pem()`` and ``encryptedPEM(passphrase:)`` give the key away.
///
/// `@unchecked Sendable`: the `EVP_PKEY` is not changed after the initialiser. OpenSSL allows an `EVP_PKEY` that nobody changes to be
/// used by any number of threads (openssl-threads(7)); what it computes lazily inside (exports to a provider, RSA blinding) is
/// under its own locks. One in hardware is made, used and freed under one lock alone (`HardwareKeys`), since of engines and
/// modules nothing can be proved.
@safe public final class PrivateKey: @unchecked Sendable, CustomStringConvertible, CustomReflectable {
    /// The kind and size of the key.
    public let algorithm: KeyAlgorithm
    /// The public half.
    public let publicKey: PublicKey

    /// Whether the key is kept in hardware, which signs with it and never gives it away.
    public let isInHardware: Bool

    private let key: OpenSSLObject

    /// Takes over an `EVP_PKEY` with a private key, which one in hardware frees under the lock of ``HardwareKeys``.
    init(_ key: consuming OpenSSLObject, isInHardware: Bool = false) throws(CryptoError) {
        let pointer = unsafe key.pointer
        let read = unsafe isInHardware ? HardwareKeys.serialize { unsafe Self.read(pointer) } : Self.read(pointer)
        self.publicKey = try read.get()
        guard let algorithm = self.publicKey.algorithm else {
            throw CryptoError(
                .unsupportedKey, message: "the key is neither RSA of 2048, 3072 or 4096 bits nor EC on P-256, P-384 or P-521")
        }
        if !isInHardware { try unsafe Self.checkConsistency(of: pointer) }
        self.algorithm = algorithm
        self.isInHardware = isInHardware
        self.key = key
    }

    /// The public half of an `EVP_PKEY`.
    @unsafe private static func read(_ key: OpaquePointer) -> Result<PublicKey, CryptoError> {
        Result { () throws(CryptoError) in
            let algorithm = unsafe KeyAlgorithm(of: key)
            let encoded = try unsafe DER.bytes(of: "the public key") { unsafe i2d_PUBKEY(key, $0) }
            return PublicKey(subjectPublicKeyInfo: encoded, algorithm: algorithm)
        }
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

    /// Signs a message with the digest of ``algorithm``.
    ///
    /// It computes on the calling thread. A key in hardware takes what the hardware takes, and one signature at a time is made in a process.
    ///
    /// - Parameter message: what is signed; it is digested here.
    /// - Returns: a PKCS #1 v1.5 signature of an RSA key (RFC 8017), a DER `ECDSA-Sig-Value` of an EC key (RFC 3279).
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails, or the hardware.
    public func signature(for message: Span<UInt8>) throws(CryptoError) -> [UInt8] {
        OpenSSLErrorQueue.clear()
        let context = try unsafe OpenSSLObject(EVP_MD_CTX_new(), free: { unsafe EVP_MD_CTX_free($0) }, "no memory for a signature")
        let digestName = self.algorithm.digestName
        let signature: [UInt8]? = unsafe message.withUnsafeBufferPointer { input in
            unsafe self.withKey { key, _ in
                var count = 0
                guard
                    unsafe EVP_DigestSignInit_ex(context.pointer, nil, digestName, nil, nil, key, nil) == 1,
                    unsafe EVP_DigestSign(context.pointer, nil, &count, input.baseAddress, input.count) == 1
                else { return nil }
                var signature = [UInt8](repeating: 0, count: count)
                guard unsafe EVP_DigestSign(context.pointer, &signature, &count, input.baseAddress, input.count) == 1 else { return nil }
                return Array(signature.prefix(count))
            }
        }
        guard let signature else { throw .openSSL(.operationFailed, "the key could not sign") }
        return signature
    }

    /// Checks that the private number of an EC key lies in the range of its curve and belongs to the public key, which OpenSSL's readers leave out.
    ///
    /// For an RSA key the check would take seconds; a signature by one that contradicts itself does not verify.
    @unsafe private static func checkConsistency(of key: OpaquePointer) throws(CryptoError) {
        guard unsafe EVP_PKEY_is_a(key, "EC") == 1 else { return }
        let context = try unsafe OpenSSLObject(
            EVP_PKEY_CTX_new_from_pkey(nil, key, nil), free: { unsafe EVP_PKEY_CTX_free($0) }, "no memory for a check")
        guard unsafe EVP_PKEY_private_check(context.pointer) == 1, unsafe EVP_PKEY_pairwise_check(context.pointer) == 1 else {
            throw .openSSL(.malformedKey, "the private number is none of the curve or does not belong to the public key")
        }
    }

    /// Calls `body` with the `EVP_PKEY` and the `EVP_MD` it signs with, which `body` must not keep or change.
    @unsafe func withKey<Result: Sendable>(_ body: (_ key: OpaquePointer, _ digest: OpaquePointer?) -> Result) -> Result {
        let digest = unsafe self.algorithm.digest
        guard self.isInHardware else { return unsafe body(self.key.pointer, digest) }
        return HardwareKeys.serialize { unsafe body(self.key.pointer, digest) }
    }

    /// The algorithm and that the key itself is not shown.
    public var description: String { "PrivateKey(\(self.algorithm), \(self.isInHardware ? "in hardware" : "redacted"))" }

    /// An empty mirror, so that a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
