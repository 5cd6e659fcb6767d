// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Reads the format of the shared files: sections in brackets, settings `name = value`, and lines that are indented to continue a value.
///
/// What is a comment, a section, a setting and a continuation is as botocore has it, which reads them with Python's configparser; sections
/// and settings that stand twice are joined, the last one counts (AWS SDKs and Tools Reference, "Format of the config file").
package struct SharedConfigurationParser {
    /// What is wrong with a line; its text is not told, since it may be a secret.
    package struct Failure: Error, Hashable, Sendable {
        package var line: Int
        package var reason: String
    }

    /// The settings by section, in the order of the file's sections.
    package private(set) var sections: [(name: String, settings: [String: String])] = []

    private var indexes: [String: Int] = [:]
    private var section: Int?
    private var setting: (name: String, lines: [Substring])?
    private var indentation = 0

    /// Reads a file.
    ///
    /// - Parameter bytes: the file; a byte order mark at its start is left out.
    package init(_ bytes: [UInt8]) throws(Failure) {
        guard let text = String(validating: bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...], as: UTF8.self) else {
            throw Failure(line: 1, reason: "the file is not UTF-8")
        }
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r\n" }) {
            number += 1
            try self.read(line, number)
        }
        self.endSetting()
    }

    private mutating func read(_ line: Substring, _ number: Int) throws(Failure) {
        let text = line.trimmed
        if text.first == "#" || text.first == ";" { return }
        if text.isEmpty {
            // An empty line may stand within a value.
            self.setting?.lines.append("")
            return
        }
        let indentation = line.prefix { $0.isWhitespace }.count
        if self.setting != nil, indentation > self.indentation {
            self.setting?.lines.append(text)
            return
        }
        self.endSetting()
        self.indentation = indentation
        if text.first == "[", let end = text.lastIndex(of: "]"), text.index(after: text.startIndex) < end {
            self.enter(String(text[text.index(after: text.startIndex)..<end]))
            return
        }
        guard self.section != nil else { throw Failure(line: number, reason: "it comes before the first section") }
        guard let separator = text.firstIndex(where: { $0 == "=" || $0 == ":" }), separator > text.startIndex else {
            throw Failure(line: number, reason: "it is neither a section nor a setting")
        }
        self.setting = (text[..<separator].trimmed.lowercased(), [text[text.index(after: separator)...].trimmed])
    }

    private mutating func enter(_ name: String) {
        if let known = self.indexes[name] {
            self.section = known
            return
        }
        self.indexes[name] = self.sections.count
        self.section = self.sections.count
        self.sections.append((name, [:]))
    }

    private mutating func endSetting() {
        guard let setting = self.setting.take(), let section else { return }
        var lines = setting.lines
        while lines.count > 1, lines.last?.isEmpty == true { lines.removeLast() }
        self.sections[section].settings[setting.name] = lines.joined(separator: "\n")
    }

    /// The settings within the value of a setting, which are the indented lines below it.
    ///
    /// - Parameter value: the value; its first line is empty.
    /// - Returns: the settings by name; a line without `=` is left out.
    package static func nested(_ value: String) -> [String: String] {
        var settings: [String: String] = [:]
        for line in value.split(separator: "\n") {
            guard let separator = line.firstIndex(of: "=") else { continue }
            settings[line[..<separator].trimmed.lowercased()] = String(line[line.index(after: separator)...].trimmed)
        }
        return settings
    }
}

extension Substring {
    /// Without white space at both ends.
    fileprivate var trimmed: Substring {
        let start = self.drop { $0.isWhitespace }
        guard let last = start.lastIndex(where: { !$0.isWhitespace }) else { return start }
        return start[...last]
    }
}
