// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// What an exchange does beyond its type; a literal makes arguments of names, for what a plugin knows.
public struct AMQPExchangeArguments: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// The arguments as they are sent.
    public var table: AMQPTable

    /// Makes arguments as they are sent.
    ///
    /// - Parameter table: names and values; by default none.
    public init(_ table: AMQPTable = [:]) { self.table = table }

    /// Makes arguments of names and values.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(AMQPTable(elements)) }

    /// Another exchange for the messages that this one has no queue for.
    ///
    /// - Parameter name: the other exchange, which need not exist yet.
    /// - Returns: the arguments.
    public static func alternateExchange(_ name: String) -> AMQPExchangeArguments { ["alternate-exchange": .string(name)] }
}
