// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import SystemCrypto

/// Derives the key on P-256 that ``SigningAlgorithm/v4a`` signs with.
///
/// HMAC-SHA256 in counter mode (NIST SP 800-108 section 4.1) yields candidates, of which the first in range, plus one, is the private
/// number (FIPS 186-5 section A.2.2). It depends on the credentials alone, neither on day, region nor service.
package enum AsymmetricKeyDerivation {
    /// The order of P-256 less 2, the largest candidate.
    private static let largest: [UInt8] = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
    ]
    private static let counters: ClosedRange<UInt8> = 1...254

    /// The key of credentials.
    package static func key(of credentials: AWSCredentials) throws(CryptoError) -> PrivateKey {
        let secret = SecretBytes(utf8: credentials.secretAccessKey, after: "AWS4A")
        let hmac = try secret.withSpan { (key) throws(CryptoError) in try HMACSHA256(key: key) }
        for counter in self.counters {
            // Round 1, the label, a zero, the context, and the 256 bits that are wanted.
            let input =
                [0, 0, 0, 1] + Array(SigningAlgorithm.v4a.description.utf8) + [0] + Array(credentials.accessKeyID.utf8) + [
                    counter, 0, 0, 1, 0,
                ]
            var candidate = try hmac.secretCode(for: input.span)
            var isInRange = false
            candidate.withMutableSpan { isInRange = self.incrementIfInRange(&$0) }
            if isInRange { return try PrivateKey(p256Scalar: candidate) }
        }
        // One candidate in 2^32 is out of range.
        throw CryptoError(.operationFailed, message: "no key on P-256 can be derived from these credentials")
    }

    /// Adds 1 to a candidate that is not too large, in a time that tells nothing about it.
    ///
    /// - Parameter candidate: 32 bytes, the most significant first.
    /// - Returns: whether it was in range.
    package static func incrementIfInRange(_ candidate: inout MutableSpan<UInt8>) -> Bool {
        guard candidate.count == self.largest.count else { return false }
        // Subtracted from the largest, a candidate that is larger leaves a borrow.
        var borrow: Int16 = 0
        var carry: UInt16 = 1
        for index in self.largest.indices.reversed() {
            borrow = (Int16(self.largest[index]) - Int16(candidate[index]) + borrow) >> 8
            carry += UInt16(candidate[index])
            candidate[index] = UInt8(truncatingIfNeeded: carry)
            carry >>= 8
        }
        return borrow == 0
    }
}
