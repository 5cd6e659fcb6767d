// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// Encrypts and decrypts private keys under a passphrase.
enum KeyEncryption {
    /// The longest passphrase; OpenSSL's own limit for its prompts.
    static let maximumPassphraseBytes = 1_024
    /// The most rounds that a key may ask for: some seconds of work, so that a malicious file cannot keep a thread for hours.
    private static let maximumIterations = 10_000_000
    private static let iterations: Int32 = 600_000
    private static let saltBytes = 16

    /// Encrypts a `PKCS8_PRIV_KEY_INFO`.
    ///
    /// - Returns: an `X509_SIG`, as OpenSSL calls an EncryptedPrivateKeyInfo.
    static func encrypt(_ info: borrowing OpenSSLObject, passphrase: String) throws(CryptoError) -> OpenSSLObject {
        var salt = try SecureRandom.bytes(count: self.saltBytes)
        OpenSSLErrorQueue.clear()
        let pointer = unsafe info.pointer
        // The identifier -1 stands for PBES2 with the given cipher.
        let encrypted = unsafe self.withPassphrase(passphrase) { start, count in
            unsafe PKCS8_encrypt(-1, EVP_aes_256_cbc(), start, count, &salt, Int32(salt.count), self.iterations, pointer)
        }
        return try unsafe OpenSSLObject(encrypted, free: { unsafe X509_SIG_free($0) }, "the key could not be encrypted")
    }

    /// Decrypts an `X509_SIG`.
    ///
    /// - Returns: a `PKCS8_PRIV_KEY_INFO`.
    static func decrypt(_ encrypted: borrowing OpenSSLObject, passphrase: String?) throws(CryptoError) -> OpenSSLObject {
        let iterations = unsafe self.iterations(of: encrypted.pointer)
        OpenSSLErrorQueue.clear()
        guard let iterations else {
            throw CryptoError(
                .unsupportedKey, message: "the key is not encrypted by PBES2 with PBKDF2; `openssl pkcs8 -topk8` turns it into one that is")
        }
        guard (1...self.maximumIterations).contains(iterations) else {
            throw CryptoError(
                .unsupportedKey, message: "the key asks for \(iterations) rounds of PBKDF2; at most \(self.maximumIterations) are done")
        }
        let passphrase = try self.checked(passphrase)
        let pointer = unsafe encrypted.pointer
        let info = unsafe self.withPassphrase(passphrase) { start, count in unsafe PKCS8_decrypt(pointer, start, count) }
        return try unsafe OpenSSLObject(
            info, free: { unsafe PKCS8_PRIV_KEY_INFO_free($0) }, orThrow: .passphraseMismatch,
            "the key was encrypted with another passphrase, or somebody changed it")
    }

    /// Decrypts a block with the headers `Proc-Type` and `DEK-Info`.
    ///
    /// - Returns: the bytes under the encryption.
    static func decrypt(_ document: PEMDocument, passphrase: String?) throws(CryptoError) -> [UInt8] {
        OpenSSLErrorQueue.clear()
        var header = Array(document.headers.map { $0 + "\n" }.joined().utf8CString)
        var cipher = unsafe EVP_CIPHER_INFO()
        guard unsafe PEM_get_EVP_CIPHER_INFO(&header, &cipher) == 1, unsafe cipher.cipher != nil else {
            throw .openSSL(.unsupportedKey, "the headers of the block name no encryption that OpenSSL knows")
        }
        var passphrase = Array(try self.checked(passphrase).utf8CString)
        guard passphrase.firstIndex(of: 0) == passphrase.count - 1 else {
            throw CryptoError(.passphraseMismatch, message: "no key in this form has a passphrase with a zero byte")
        }
        var bytes = document.bytes
        var count = bytes.count
        // Without a callback OpenSSL takes the last argument for the passphrase, ended by a zero byte; it never asks a terminal then.
        let isDecrypted = unsafe passphrase.withUnsafeMutableBytes { passphrase in
            unsafe PEM_do_header(&cipher, &bytes, &count, nil, passphrase.baseAddress) == 1
        }
        guard isDecrypted, (0...bytes.count).contains(count) else {
            throw .openSSL(.passphraseMismatch, "the key was encrypted with another passphrase, or somebody changed it")
        }
        return Array(bytes.prefix(count))
    }

    private static func checked(_ passphrase: String?) throws(CryptoError) -> String {
        guard let passphrase else { throw CryptoError(.passphraseMissing, message: "the key is encrypted; give its passphrase") }
        guard passphrase.utf8.count <= self.maximumPassphraseBytes else {
            throw CryptoError(.invalidArgument, message: "a passphrase has at most \(self.maximumPassphraseBytes) bytes")
        }
        return passphrase
    }

    /// Calls `body` with the passphrase in UTF-8, and overwrites the copy.
    @unsafe private static func withPassphrase<Result>(
        _ passphrase: String, _ body: (UnsafePointer<CChar>?, Int32) -> Result
    ) -> Result {
        // An empty passphrase needs an address all the same.
        let copy = SecretBytes(count: passphrase.utf8.count + 1) { bytes in
            for (index, byte) in passphrase.utf8.enumerated() { bytes[index] = byte }
        }
        return copy.withSpan { bytes in
            unsafe bytes.withUnsafeBufferPointer { buffer in
                unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe body($0.baseAddress, Int32(clamping: $0.count - 1)) }
            }
        }
    }

    /// The rounds of PBKDF2 that an `X509_SIG` asks for, or `nil` when it was encrypted in another way.
    @unsafe private static func iterations(of encrypted: OpaquePointer) -> Int? {
        var algorithm: UnsafePointer<X509_ALGOR>?
        unsafe X509_SIG_get0(encrypted, &algorithm, nil)
        guard let algorithm = unsafe algorithm, unsafe OBJ_obj2nid(algorithm.pointee.algorithm) == NID_pbes2,
            let scheme = unsafe ASN1_TYPE_unpack_sequence(PBE2PARAM_it(), algorithm.pointee.parameter)?.assumingMemoryBound(
                to: PBE2PARAM.self)
        else { return nil }
        defer { unsafe PBE2PARAM_free(scheme) }
        guard let function = unsafe scheme.pointee.keyfunc, unsafe OBJ_obj2nid(function.pointee.algorithm) == NID_id_pbkdf2,
            let derivation = unsafe ASN1_TYPE_unpack_sequence(PBKDF2PARAM_it(), function.pointee.parameter)?
                .assumingMemoryBound(to: PBKDF2PARAM.self)
        else { return nil }
        defer { unsafe PBKDF2PARAM_free(derivation) }
        return unsafe ASN1_INTEGER_get(derivation.pointee.iter)
    }
}
