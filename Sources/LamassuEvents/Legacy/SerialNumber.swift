// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A serial number in the two ways in which generations write it.
enum SerialNumber {
    /// As the current generation has it: lower-case hexadecimal digits.
    static func plain(_ text: String) -> String { String(text.lowercased().filter { $0 != "-" }) }

    /// As the older ones have it: bytes in lower-case hexadecimal digits, joined by `-`.
    static func dashed(_ text: String) -> String {
        var digits = Array(self.plain(text))
        if !digits.count.isMultiple(of: 2) { digits.insert("0", at: 0) }
        return stride(from: 0, to: digits.count, by: 2).map { String(digits[$0...($0 + 1)]) }.joined(separator: "-")
    }
}
