// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What stands on the command line: a command, then `name=value`.
struct Arguments: Sendable {
    struct Missing: Error {
        let name: String
    }

    let command: String
    private let values: [String: String]

    init(_ words: [String]) {
        self.command = words.dropFirst().first ?? ""
        let pairs = words.dropFirst(2).map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init) }
        self.values = Dictionary(pairs.map { ($0[0], $0.count > 1 ? $0[1] : "") }) { _, last in last }
    }

    func text(_ name: String) throws -> String {
        guard let value = self.values[name] else { throw Missing(name: name) }
        return value
    }

    func number<Number: FixedWidthInteger>(_ name: String) throws -> Number {
        guard let value = Number(try self.text(name)) else { throw Missing(name: name) }
        return value
    }
}
