// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Transport

/// Owns one list of strings of libcurl, which an easy handle refers to while it works.
@safe
struct CurlStringList: ~Copyable {
    private var first: UnsafeMutablePointer<curl_slist>?

    init() { unsafe self.first = nil }

    deinit { unsafe curl_slist_free_all(self.first) }

    /// The list, for the call that takes it; `nil` when it is empty.
    var pointer: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(self.first) }

    /// Adds a copy of a line.
    ///
    /// - Parameter line: the bytes, without a zero byte.
    mutating func append(_ line: [UInt8]) throws(TransportError) {
        let list = unsafe (line + [0]).withUnsafeBytes { bytes in
            unsafe curl_slist_append(self.first, bytes.assumingMemoryBound(to: CChar.self).baseAddress)
        }
        guard let list = unsafe list else { throw TransportError(.resourceExhausted, message: "libcurl could not copy a header field") }
        unsafe self.first = list
    }
}
