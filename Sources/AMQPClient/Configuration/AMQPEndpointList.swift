// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The brokers of a cluster, at least one, and in which order they are tried.
public struct AMQPEndpointList: Hashable, Sendable, RandomAccessCollection {
    /// In which order the endpoints are tried; a struct, so that a later release can add one.
    public struct Order: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case shuffled, inOrder }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// In an order that is drawn anew each time, so that many clients spread over the cluster.
        public static let shuffled = Order(.shuffled)
        /// As they are listed, so that the first one is preferred.
        public static let inOrder = Order(.inOrder)

        /// The order's name.
        public var description: String { self.kind.rawValue }
    }

    private var endpoints: [AMQPEndpoint]
    /// In which order the endpoints are tried; by default ``Order/shuffled``, as in RabbitMQ's own clients for Java and .NET.
    public var order: Order

    /// Makes a list.
    ///
    /// - Parameters:
    ///   - first: an endpoint.
    ///   - others: further ones.
    ///   - order: in which order they are tried.
    public init(_ first: AMQPEndpoint, _ others: AMQPEndpoint..., order: Order = .shuffled) {
        self.endpoints = [first] + others
        self.order = order
    }

    /// Makes a list of endpoints that were found elsewhere.
    ///
    /// - Parameters:
    ///   - endpoints: the endpoints.
    ///   - order: in which order they are tried.
    /// - Returns: the list; `nil` where there is no endpoint.
    public init?(_ endpoints: [AMQPEndpoint], order: Order = .shuffled) {
        guard !endpoints.isEmpty else { return nil }
        self.endpoints = endpoints
        self.order = order
    }

    /// The position of the first endpoint.
    public var startIndex: Int { 0 }
    /// The position after the last endpoint.
    public var endIndex: Int { self.endpoints.count }

    /// The endpoint at a position, counted from 0.
    ///
    /// - Parameter position: the position, below ``endIndex``.
    public subscript(position: Int) -> AMQPEndpoint {
        get { self.endpoints[position] }
        set { self.endpoints[position] = newValue }
    }

    /// The endpoints in the order in which they are to be tried this time.
    package func attempts(using generator: inout some RandomNumberGenerator) -> [AMQPEndpoint] {
        self.order == .shuffled ? self.endpoints.shuffled(using: &generator) : self.endpoints
    }
}
