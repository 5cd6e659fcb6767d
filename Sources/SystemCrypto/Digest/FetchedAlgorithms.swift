// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// SHA-256 and HMAC as OpenSSL's providers implement them, looked up once.
///
/// `@unchecked Sendable`: both are set in the initialiser and never change. `EVP_MD` and `EVP_MAC` are immutable once fetched and
/// their reference counts are atomic (openssl-threads(7), EVP_MD_fetch(3)), so any number of threads may use them at once. They
/// are never freed, because the only instance lives as long as the process.
@safe final class FetchedAlgorithms: @unchecked Sendable {
    private static let shared = FetchedAlgorithms()

    private let sha256: OpaquePointer?
    private let hmac: OpaquePointer?

    private init() {
        unsafe self.sha256 = EVP_MD_fetch(nil, "SHA256", nil)
        unsafe self.hmac = EVP_MAC_fetch(nil, "HMAC", nil)
    }

    /// The digest `EVP_MD` of SHA-256.
    @unsafe static func sha256() throws(CryptoError) -> OpaquePointer {
        guard let digest = unsafe self.shared.sha256 else {
            throw CryptoError(.operationFailed, message: "no OpenSSL provider has SHA-256; check openssl.cnf")
        }
        return unsafe digest
    }

    /// The `EVP_MAC` of HMAC.
    @unsafe static func hmac() throws(CryptoError) -> OpaquePointer {
        guard let mac = unsafe self.shared.hmac else {
            throw CryptoError(.operationFailed, message: "no OpenSSL provider has HMAC; check openssl.cnf")
        }
        return unsafe mac
    }
}
