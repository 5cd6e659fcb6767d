// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension [UInt8] {
    /// Appends the UTF-8 form of a text in one piece, a short text's too.
    mutating func append(_ text: String) {
        let span = text.utf8.span
        unsafe span.withUnsafeBufferPointer { unsafe self.append(contentsOf: $0) }
    }
}
