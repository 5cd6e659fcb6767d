// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A text inside a payload that nobody is to see who only looks at it: printing it, or what holds it, does not show it.
///
/// Encoding it does: what keeps it out of events is ``EventRedaction``.
public struct EventSecret: Hashable, Sendable, JSONDecodable, JSONEncodable, ExpressibleByStringLiteral {
    /// The text itself.
    public var value: String

    /// Makes a secret.
    ///
    /// - Parameter value: the text itself.
    public init(_ value: String) { self.value = value }

    /// Makes a secret of a literal, as a test does.
    public init(stringLiteral value: String) { self.value = value }

    /// Whether the secret was taken out of the payload, so that it must not be written back to where it came from.
    public var isRedacted: Bool { self.value == EventRedaction.placeholder }

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.value = try reader.readString() }

    /// Writes a JSON string: the text itself.
    public func encode(into writer: inout JSONWriter) { writer.string(self.value) }
}

extension EventSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What stands for the text.
    public var description: String { self.value.isEmpty ? "" : EventRedaction.placeholder }

    /// What stands for the text.
    public var debugDescription: String { self.description }

    /// A mirror without the text.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
