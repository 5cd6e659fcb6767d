// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import HTTPTypes

/// Percent-encoding for raw request targets, written apart from the module under test.
enum AWSEncoding {
    /// The target as it would stand on the wire.
    static func target(_ raw: String) -> String {
        let parts = raw.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts[0].split(separator: "/", omittingEmptySubsequences: false).map { self.encode($0) }.joined(separator: "/")
        guard parts.count > 1 else { return path }
        let query = parts[1].split(separator: "&", omittingEmptySubsequences: false).map { pair in
            pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { self.encode($0) }.joined(separator: "=")
        }
        return path + "?" + query.joined(separator: "&")
    }

    private static func encode(_ text: Substring) -> String {
        let unreserved = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
        return text.utf8.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return unreserved.contains(byte) ? String(UnicodeScalar(byte)) : "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
