// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// Comparison whose duration tells nothing about the bytes.
public enum ConstantTime {
    /// Whether both hold the same bytes.
    ///
    /// The time depends on the lengths alone; spans of unequal length are unequal at once.
    ///
    /// - Parameters:
    ///   - left: some bytes.
    ///   - right: others.
    /// - Returns: whether they are equal.
    public static func areEqual(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBufferPointer { left in
            unsafe right.withUnsafeBufferPointer { right in
                guard let first = left.baseAddress, let second = right.baseAddress else { return true }
                return unsafe CRYPTO_memcmp(first, second, left.count) == 0
            }
        }
    }
}
