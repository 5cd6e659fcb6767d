// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient

/// Which types of events are wanted: a type, or a pattern of a topic exchange.
///
/// Words are separated by dots; `*` stands for one word, `#` for any number of them (AMQP 0-9-1, §3.1.3.3): `ca.#` for everything of CAs,
/// `*.status.update` for every change of a status.
public struct EventPattern: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The pattern's text, which is the binding key of a topic exchange.
    public let rawValue: String

    /// Makes a pattern of its text.
    ///
    /// - Parameter rawValue: words, `*` and `#` with dots between.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Makes a pattern of its text.
    public init(stringLiteral value: String) { self.init(rawValue: value) }

    /// The pattern that one type alone matches.
    ///
    /// - Parameter type: the type.
    /// - Returns: the pattern.
    public static func type(_ type: EventType) -> EventPattern { EventPattern(rawValue: type.rawValue) }

    /// The pattern's text.
    public var description: String { self.rawValue }

    /// Whether it is one type, with no wildcard.
    public var isExact: Bool { !self.words.contains { $0 == "*" || $0 == "#" } }

    /// The text before the first wildcard, dot included, with which every type begins that matches; nearly every one where the wildcard is
    /// `#`, which may stand for nothing: `ca.#` matches `ca` too.
    package var literalPrefix: String {
        let literal = self.words.prefix { $0 != "*" && $0 != "#" }
        return literal.map { "\($0)." }.joined()
    }

    /// Whether a type matches.
    ///
    /// - Parameter type: the type of an event.
    /// - Returns: whether the pattern wants it.
    public func matches(_ type: EventType) -> Bool { TopicPattern(self.rawValue).matches(type.rawValue) }

    private var words: [Substring] { self.rawValue.split(separator: ".", omittingEmptySubsequences: false) }
}
