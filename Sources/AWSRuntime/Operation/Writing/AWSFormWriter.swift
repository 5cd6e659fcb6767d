// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner

/// Writes the form that is the body of a request of the `query` protocol: names and values, percent-encoded.
///
/// A name is a path through structures and lists, such as `Tags.member.1.Key`; the writer keeps where it stands.
public struct AWSFormWriter: Sendable {
    private var text: [UInt8] = []
    /// The name of the value that comes next.
    private var name: [UInt8] = []

    init() {}

    /// Writes a member of a structure, or a parameter of the operation.
    ///
    /// - Parameters:
    ///   - name: the member's name: letters, digits, `.`, `_` and `-`.
    ///   - value: its value; nil leaves the member out.
    public mutating func member(_ name: String, _ value: (some AWSFormEncodable)?) {
        guard let value else { return }
        let length = self.name.count
        if length > 0 { self.name.append(UInt8(ascii: ".")) }
        self.name.append(contentsOf: name.utf8)
        value.encode(into: &self)
        self.name.removeLast(self.name.count - length)
    }

    /// Writes a member whose value is bytes, as base64.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - bytes: its value; nil leaves the member out.
    public mutating func member(_ name: String, bytes: [UInt8]?) { self.member(name, bytes.map { Base64.encode($0) }) }

    /// Writes a member whose value is a map, with names of its own for what an entry has; in the order of the keys.
    ///
    /// - Parameters:
    ///   - name: the member's name.
    ///   - map: its value; nil leaves the member out.
    ///   - keyName: the name of an entry's key.
    ///   - valueName: the name of an entry's value.
    public mutating func member(_ name: String, _ map: [String: some AWSFormEncodable]?, key keyName: String, value valueName: String) {
        for (index, entry) in (map ?? [:]).sorted(by: { $0.key < $1.key }).enumerated() {
            self.member("\(name).entry.\(index + 1).\(keyName)", entry.key)
            self.member("\(name).entry.\(index + 1).\(valueName)", entry.value)
        }
    }

    /// Writes the value of the current name.
    ///
    /// - Parameter value: the value, not encoded yet.
    public mutating func value(_ value: String) {
        if !self.text.isEmpty { self.text.append(UInt8(ascii: "&")) }
        self.text.append(contentsOf: self.name)
        self.text.append(UInt8(ascii: "="))
        self.text.append(contentsOf: PercentEncoding.encode(value.utf8))
    }

    /// The body.
    consuming func finish() -> [UInt8] { self.text }
}
