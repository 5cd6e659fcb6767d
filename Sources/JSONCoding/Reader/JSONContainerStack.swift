// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The arrays and objects that are open at a place of a JSON text, one bit each.
///
/// The innermost 64 live in one word, so that a text of ordinary depth allocates nothing.
struct JSONContainerStack: Sendable {
    private(set) var count = 0
    private var innermost: UInt64 = 0
    private var outer: [UInt64] = []

    var isEmpty: Bool { self.count == 0 }

    /// Whether the innermost open container is an object; false when none is open.
    var isInObject: Bool { self.innermost & 1 == 1 }

    mutating func push(isObject: Bool) {
        if self.count > 0, self.count.isMultiple(of: 64) {
            self.outer.append(self.innermost)
            self.innermost = 0
        }
        self.innermost = self.innermost << 1 | (isObject ? 1 : 0)
        self.count += 1
    }

    /// Closes the innermost container; closing where none is open changes nothing.
    mutating func pop() {
        guard self.count > 0 else { return }
        self.innermost >>= 1
        self.count -= 1
        if self.count > 0, self.count.isMultiple(of: 64), let word = self.outer.popLast() {
            self.innermost = word
        }
    }
}
