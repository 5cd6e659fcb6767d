// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a connection stands.
public struct AMQPConnectionState: Hashable, Sendable {
    /// The kind of state; a struct, so that a later release can add one without breaking a `switch`.
    public struct Phase: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case connected, recovering, closed }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// The connection is open.
        public static let connected = Phase(.connected)
        /// The connection is lost and being made anew; what is asked of it waits.
        public static let recovering = Phase(.recovering)
        /// The connection has ended for good.
        public static let closed = Phase(.closed)

        /// The phase's name.
        public var description: String { self.kind.rawValue }
    }

    /// The kind of state.
    public internal(set) var phase: Phase
    /// The broker that the connection is with, or that was tried last.
    public internal(set) var endpoint: AMQPEndpoint
    /// How often the connection was recovered.
    public internal(set) var recoveries: Int = 0
    /// While recovering, the number of the present attempt, from 1; 0 before the first and when connected.
    public internal(set) var attempt: Int = 0
    /// While recovering, why the connection is lost, or why the last attempt failed; when closed, why; `nil` when connected.
    public internal(set) var error: AMQPError?
    /// What could not be made anew by the last recovery, as descriptions for a person, in the order of the attempts.
    ///
    /// An entry stands for an exchange, a queue, a binding, a consumer or a channel that the broker has refused.
    public internal(set) var notRecovered: [String] = []
    /// The queues with names made up by the broker that have got others: from the name that the first declaration gave to the
    /// present one.
    ///
    /// The client goes on to take the first name, and translates it; others who were told the name need the present one.
    public internal(set) var renamedQueues: [String: String] = [:]

    init(phase: Phase, endpoint: AMQPEndpoint) {
        self.phase = phase
        self.endpoint = endpoint
    }
}
