// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The pattern of a topic exchange's binding: words between dots, `*` for any one word, `#` for any number of words.
package struct TopicPattern: Hashable, Sendable {
    private let words: [Substring]

    package init(_ pattern: String) { self.words = Self.split(pattern) }

    /// Whether a routing key fits; takes time in proportion to the product of both lengths at most.
    package func matches(_ key: String) -> Bool {
        // reachable[i]: whether the words of the key so far can be used up by the first i words of the pattern.
        var reachable = [true] + self.words.map { _ in false }
        for (index, word) in self.words.enumerated() where word == "#" { reachable[index + 1] = reachable[index] }
        for keyWord in Self.split(key) {
            var next = [false]
            for (index, word) in self.words.enumerated() {
                next.append(
                    word == "#"
                        ? next[index] || reachable[index + 1]
                        : reachable[index] && (word == "*" || word == keyWord))
            }
            reachable = next
        }
        return reachable[self.words.count]
    }

    /// An empty key has no word; otherwise a dot stands between two words, which may be empty.
    private static func split(_ key: String) -> [Substring] {
        key.isEmpty ? [] : key.split(separator: ".", omittingEmptySubsequences: false)
    }
}
