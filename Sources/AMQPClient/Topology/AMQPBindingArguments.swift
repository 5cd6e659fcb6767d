// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// What a binding compares beyond the routing key; a literal makes arguments of names.
public struct AMQPBindingArguments: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// How a headers exchange compares a binding's headers with a message's; a struct, because brokers add some.
    public struct HeadersMatch: RawRepresentable, Hashable, Sendable {
        /// The name on the wire.
        public var rawValue: String

        /// Makes one that a later broker has added.
        ///
        /// - Parameter rawValue: the name on the wire.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// All of them are the message's; names that begin with `x-` do not count.
        public static let all = HeadersMatch(rawValue: "all")
        /// One of them is the message's; names that begin with `x-` do not count.
        public static let any = HeadersMatch(rawValue: "any")
        /// All of them are the message's; takes RabbitMQ 3.10.
        public static let allWithX = HeadersMatch(rawValue: "all-with-x")
        /// One of them is the message's; takes RabbitMQ 3.10.
        public static let anyWithX = HeadersMatch(rawValue: "any-with-x")
    }

    /// The arguments as they are sent.
    public var table: AMQPTable

    /// Makes arguments as they are sent.
    ///
    /// - Parameter table: names and values; by default none.
    public init(_ table: AMQPTable = [:]) { self.table = table }

    /// Makes arguments of names and values.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(AMQPTable(elements)) }

    /// The headers that a headers exchange looks for.
    ///
    /// - Parameters:
    ///   - headers: names and values; the value `AMQPValue.void` is for a header of any value.
    ///   - match: whether all of them are needed, or one.
    /// - Returns: the arguments.
    public static func headers(_ headers: AMQPTable, match: HeadersMatch = .all) -> AMQPBindingArguments {
        var table = headers
        table["x-match"] = .string(match.rawValue)
        return AMQPBindingArguments(table)
    }
}
