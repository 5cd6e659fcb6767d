// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// What a consumer asks for beyond its flags; a literal makes arguments of names.
public struct AMQPConsumerArguments: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// The arguments as they are sent.
    public var table: AMQPTable

    /// Makes arguments as they are sent.
    ///
    /// - Parameter table: names and values; by default none.
    public init(_ table: AMQPTable = [:]) { self.table = table }

    /// Makes arguments of names and values.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(AMQPTable(elements)) }

    /// For a classic or a quorum queue.
    ///
    /// - Parameters:
    ///   - priority: consumers of a higher one are served first; by default 0.
    ///   - cancelsOnFailover: whether the consumer ends, with ``AMQPError/Code/consumerCancelled``, when a mirrored classic queue moves to
    ///     another node, where it might deliver again what was not settled; RabbitMQ 4.0 has no mirrors any more.
    /// - Returns: the arguments.
    public static func queue(priority: Int = 0, cancelsOnFailover: Bool = false) -> AMQPConsumerArguments {
        var arguments: AMQPConsumerArguments = [:]
        if priority != 0 { arguments.table["x-priority"] = .int64(Int64(priority)) }
        if cancelsOnFailover { arguments.table["x-cancel-on-ha-failover"] = true }
        return arguments
    }

    /// For a stream.
    ///
    /// - Parameters:
    ///   - offset: where to begin; by default with what is published from now on.
    ///   - filter: the values of the header `x-stream-filter-value` that are wanted, for chunks as a whole: look again at each message. By
    ///     default all. Takes RabbitMQ 3.13, and is passed over before.
    ///   - matchesUnfiltered: whether messages without that header are wanted too.
    /// - Returns: the arguments.
    /// - Throws: ``AMQPError/Code/invalidArgument`` where the offset is an interval that is not of whole seconds above zero.
    public static func stream(
        from offset: AMQPStreamOffset = .next, filter: [String] = [], matchesUnfiltered: Bool = false
    ) throws(AMQPError) -> AMQPConsumerArguments {
        var arguments: AMQPConsumerArguments = ["x-stream-offset": try offset.value()]
        if !filter.isEmpty { arguments.table["x-stream-filter"] = .array(filter.map(AMQPValue.string)) }
        if matchesUnfiltered { arguments.table["x-stream-match-unfiltered"] = true }
        return arguments
    }
}
