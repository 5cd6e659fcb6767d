// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// On which node of a cluster the leader of a new quorum queue or stream begins; a struct, because brokers add some.
public struct AMQPQueueLeaderLocator: RawRepresentable, Hashable, Sendable {
    /// The name on the wire.
    public var rawValue: String

    /// Makes one that a later broker has added.
    ///
    /// - Parameter rawValue: the name on the wire.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// On the node that the declaring connection is with.
    public static let clientLocal = AMQPQueueLeaderLocator(rawValue: "client-local")
    /// On a node that has few leaders; takes RabbitMQ 3.10.
    public static let balanced = AMQPQueueLeaderLocator(rawValue: "balanced")
}
