// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// SHA-1 (FIPS 180-4), for names that others make of it; it protects nothing.
package enum SHA1 {
    /// The digest of `bytes`.
    ///
    /// - Parameter bytes: what is digested.
    /// - Returns: its digest, 20 bytes.
    /// - Throws: ``CryptoError/Code/operationFailed`` when OpenSSL fails, or its policy forbids SHA-1.
    package static func hash(_ bytes: [UInt8]) throws(CryptoError) -> [UInt8] {
        OpenSSLErrorQueue.clear()
        var digest = [UInt8](repeating: 0, count: 20)
        guard unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil) == 1 else {
            throw .openSSL(.operationFailed, "SHA-1 could not take \(bytes.count) bytes")
        }
        return digest
    }
}
