// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

extension PrivateKey {
    private static let label = "PRIVATE KEY"
    private static let encryptedLabel = "ENCRYPTED PRIVATE KEY"

    /// Reads a key in PEM, in any of the forms that are in use.
    ///
    /// The forms are PKCS #8 (RFC 5958), plain or encrypted by PBES2 with PBKDF2 (RFC 8018), SEC 1 (RFC 5915, `EC PRIVATE KEY`, also behind an
    /// `EC PARAMETERS` block) and PKCS #1 (RFC 8017, `RSA PRIVATE KEY`), these two also in OpenSSL's own encryption.
    ///
    /// - Parameters:
    ///   - pem: the PEM text, at most 64 KiB, with nothing but white space around it.
    ///   - passphrase: what an encrypted key was encrypted with, as UTF-8; a key that is not encrypted needs none and ignores it.
    /// - Throws: ``CryptoError/Code/passphraseMissing`` and ``CryptoError/Code/passphraseMismatch`` for an encrypted key;
    ///   ``CryptoError/Code/malformedPEM``, ``CryptoError/Code/malformedKey``, ``CryptoError/Code/unsupportedKey`` or
    ///   ``CryptoError/Code/inputTooLarge``.
    public convenience init(pem: String, passphrase: String? = nil) throws(CryptoError) {
        var blocks = try PEMDocument.blocks(of: Array(pem.utf8), what: Self.label)
        if blocks.count == 2, blocks[0].label == "EC PARAMETERS", blocks[1].label == "EC PRIVATE KEY" { blocks.removeFirst() }
        guard blocks.count == 1 else {
            throw CryptoError(.malformedPEM, message: "the text has \(blocks.count) blocks where one private key is expected")
        }
        let document = blocks[0]
        let hasHeaders = !document.headers.isEmpty
        switch document.label {
        case Self.label where !hasHeaders: try self.init(Self.key(pkcs8: document.bytes))
        case Self.encryptedLabel where !hasHeaders: try self.init(Self.key(encrypted: document.bytes, passphrase: passphrase))
        case "EC PRIVATE KEY": try self.init(Self.key(traditional: document, type: EVP_PKEY_EC, passphrase: passphrase))
        case "RSA PRIVATE KEY": try self.init(Self.key(traditional: document, type: EVP_PKEY_RSA, passphrase: passphrase))
        default:
            throw CryptoError(.malformedPEM, message: "the block holds \(document.shortLabel) where a private key is expected")
        }
    }

    /// The key as PKCS #8 in PEM: a secret.
    ///
    /// - Returns: the text.
    /// - Throws: ``CryptoError/Code/keyNotExtractable`` for a key in hardware; ``CryptoError/Code/operationFailed`` when OpenSSL fails.
    public func pem() throws(CryptoError) -> String {
        let info = try self.keyInfo()
        let pointer = unsafe info.pointer
        let bytes = try unsafe DER.bytes(of: "the key") { unsafe i2d_PKCS8_PRIV_KEY_INFO(pointer, $0) }
        return PEMDocument(label: Self.label, bytes: bytes).text
    }

    /// The key as encrypted PKCS #8 in PEM: as secret as its passphrase is weak.
    ///
    /// It is encrypted by PBES2 with AES-256 in CBC mode, under a key that 600,000 rounds of PBKDF2 with HMAC-SHA256 derive from the passphrase
    /// and a random salt (RFC 8018), which takes some tenths of a second on the calling thread.
    ///
    /// - Parameter passphrase: the passphrase, encoded as UTF-8; at least one character and at most 1,024 bytes.
    /// - Returns: the text.
    /// - Throws: ``CryptoError/Code/invalidArgument`` for such a passphrase; otherwise as ``pem()``.
    public func encryptedPEM(passphrase: String) throws(CryptoError) -> String {
        guard !passphrase.isEmpty, passphrase.utf8.count <= KeyEncryption.maximumPassphraseBytes else {
            throw CryptoError(.invalidArgument, message: "a passphrase has 1 to \(KeyEncryption.maximumPassphraseBytes) bytes")
        }
        let info = try self.keyInfo()
        let encrypted = try KeyEncryption.encrypt(info, passphrase: passphrase)
        let pointer = unsafe encrypted.pointer
        let bytes = try unsafe DER.bytes(of: "the encrypted key") { unsafe i2d_X509_SIG(pointer, $0) }
        return PEMDocument(label: Self.encryptedLabel, bytes: bytes).text
    }

    /// Makes the key on P-256 whose private number is given, as keys are that are derived.
    ///
    /// - Parameter scalar: the number, 32 bytes with the most significant one first, from 1 to the order of the curve less 1.
    /// - Throws: ``CryptoError/Code/malformedKey`` for another number.
    package convenience init(p256Scalar scalar: borrowing SecretBytes) throws(CryptoError) {
        // ECPrivateKey of RFC 5915, version 1, with the object identifier of the curve and without the public key, which OpenSSL computes.
        let head: [UInt8] = [0x30, 0x31, 0x02, 0x01, 0x01, 0x04, 0x20]
        let tail: [UInt8] = [0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07]
        guard scalar.count == 32 else { throw CryptoError(.malformedKey, message: "a private number of P-256 has 32 bytes") }
        let encoded = scalar.withSpan { scalar in
            SecretBytes(count: head.count + scalar.count + tail.count) { bytes in
                for index in head.indices { bytes[index] = head[index] }
                for index in scalar.indices { bytes[head.count + index] = scalar[index] }
                for index in tail.indices { bytes[head.count + scalar.count + index] = tail[index] }
            }
        }
        let key = try encoded.withSpan { (bytes) throws(CryptoError) in
            try unsafe DER.parse(
                bytes, orThrow: .malformedKey, "a private key on P-256", free: { unsafe EVP_PKEY_free($0) },
                decode: { unsafe d2i_PrivateKey(EVP_PKEY_EC, nil, &$0, $1) })
        }
        try self.init(key)
    }

    private func keyInfo() throws(CryptoError) -> OpenSSLObject {
        guard !self.isInHardware else {
            throw CryptoError(.keyNotExtractable, message: "the key is in hardware, which does not give it away")
        }
        OpenSSLErrorQueue.clear()
        var info: OpaquePointer?
        unsafe self.withKey { key, _ in unsafe info = EVP_PKEY2PKCS8(key) }
        return try unsafe OpenSSLObject(info, free: { unsafe PKCS8_PRIV_KEY_INFO_free($0) }, "the key could not be encoded")
    }

    private static func key(pkcs8 bytes: [UInt8]) throws(CryptoError) -> OpenSSLObject {
        let info = try unsafe DER.parse(
            bytes.span, orThrow: .malformedKey, "a PKCS #8 private key", free: { unsafe PKCS8_PRIV_KEY_INFO_free($0) },
            decode: { unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &$0, $1) })
        return try self.key(of: info)
    }

    private static func key(encrypted bytes: [UInt8], passphrase: String?) throws(CryptoError) -> OpenSSLObject {
        let encrypted = try unsafe DER.parse(
            bytes.span, orThrow: .malformedKey, "an encrypted PKCS #8 private key", free: { unsafe X509_SIG_free($0) },
            decode: { unsafe d2i_X509_SIG(nil, &$0, $1) })
        return try self.key(of: KeyEncryption.decrypt(encrypted, passphrase: passphrase))
    }

    private static func key(of info: borrowing OpenSSLObject) throws(CryptoError) -> OpenSSLObject {
        try unsafe OpenSSLObject(
            EVP_PKCS82PKEY(info.pointer), free: { unsafe EVP_PKEY_free($0) }, orThrow: .malformedKey,
            "the PKCS #8 structure holds no key that OpenSSL reads")
    }

    private static func key(traditional document: PEMDocument, type: Int32, passphrase: String?) throws(CryptoError) -> OpenSSLObject {
        let isEncrypted = !document.headers.isEmpty
        let bytes = isEncrypted ? try KeyEncryption.decrypt(document, passphrase: passphrase) : document.bytes
        // Decrypted with a wrong passphrase, the padding fits one time in 256; what comes out then is no key.
        return try unsafe DER.parse(
            bytes.span, orThrow: isEncrypted ? .passphraseMismatch : .malformedKey, "a private key", free: { unsafe EVP_PKEY_free($0) },
            decode: { unsafe d2i_PrivateKey(type, nil, &$0, $1) })
    }
}
