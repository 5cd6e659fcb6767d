// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Takes a command apart as a POSIX shell does, without any expansion: words by blanks, quotes, and backslashes.
package enum CommandWords {
    private static let blanks: Set<Character> = [" ", "\t", "\r", "\n", "\r\n"]

    /// The words of a command.
    ///
    /// - Parameter text: the command.
    /// - Returns: the words, without quotes; `nil` where a quote is not closed or a backslash is the last character.
    package static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "'":
                guard let end = rest.firstIndex(of: "'") else { return nil }
                word = (word ?? "") + rest[..<end]
                rest = rest[rest.index(after: end)...]
            case "\"":
                word = word ?? ""
                var isClosed = false
                while !isClosed {
                    guard let quoted = rest.popFirst() else { return nil }
                    if quoted == "\"" {
                        isClosed = true
                    } else if quoted == "\\", let next = rest.first, next == "\"" || next == "\\" {
                        word?.append(rest.removeFirst())
                    } else {
                        word?.append(quoted)
                    }
                }
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + String(next)
            case _ where self.blanks.contains(character):
                if let ended = word.take() { words.append(ended) }
            default:
                word = (word ?? "") + String(character)
            }
        }
        if let word { words.append(word) }
        return words
    }
}
