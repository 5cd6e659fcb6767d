// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// Why, where and how often a message has become a dead letter: one entry of the header `x-death`, for one queue and one reason.
public struct AMQPDeath: Hashable, Sendable {
    /// Why a message became a dead letter; a struct, because brokers add some.
    public struct Reason: RawRepresentable, Hashable, Sendable {
        /// The name on the wire.
        public var rawValue: String

        /// Makes one that a later broker has added.
        ///
        /// - Parameter rawValue: the name on the wire.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A consumer rejected it and did not want it back in its queue.
        public static let rejected = Reason(rawValue: "rejected")
        /// It waited longer than its time to live.
        public static let expired = Reason(rawValue: "expired")
        /// Its queue was full.
        public static let maximumLength = Reason(rawValue: "maxlen")
        /// It was delivered more often than its quorum queue allows.
        public static let deliveryLimit = Reason(rawValue: "delivery_limit")
    }

    /// The queue in which it died.
    public var queue: String
    /// The exchange by which it had come there; empty for the default exchange.
    public var exchange: String
    /// Why it died.
    public var reason: Reason
    /// How often it died there for this reason.
    public var count: Int
    /// When it died there for the first time, in seconds since 1970, if the broker says so.
    public var time: UInt64?
    /// The routing keys with which it had come there, those of the header `CC` included.
    public var routingKeys: [String]
    /// The time to live that the message had of its own before it died, which the broker takes away; `nil` where it had none.
    public var originalExpiration: Duration?

    /// Makes an entry.
    ///
    /// - Parameters:
    ///   - queue: the queue in which it died.
    ///   - exchange: the exchange by which it had come there.
    ///   - reason: why it died.
    ///   - count: how often it died there for this reason.
    ///   - time: when it died there for the first time, in seconds since 1970.
    ///   - routingKeys: the routing keys with which it had come there.
    ///   - originalExpiration: the time to live that the message had of its own.
    public init(
        queue: String, exchange: String, reason: Reason, count: Int = 1, time: UInt64? = nil, routingKeys: [String] = [],
        originalExpiration: Duration? = nil
    ) {
        self.queue = queue
        self.exchange = exchange
        self.reason = reason
        self.count = count
        self.time = time
        self.routingKeys = routingKeys
        self.originalExpiration = originalExpiration
    }

    /// Reads an entry; `nil` where it does not say which queue and why.
    init?(_ value: AMQPValue) {
        guard let table = value.tableValue, let queue = table["queue"]?.stringValue, let reason = table["reason"]?.stringValue else {
            return nil
        }
        var time: UInt64?
        if case .timestamp(let seconds)? = table["time"] { time = seconds }
        self.init(
            queue: queue,
            exchange: table["exchange"]?.stringValue ?? "",
            reason: Reason(rawValue: reason),
            count: Int(clamping: max(0, table["count"]?.integerValue ?? 1)),
            time: time,
            routingKeys: (table["routing-keys"]?.arrayValue ?? []).compactMap(\.stringValue),
            originalExpiration: table["original-expiration"]?.stringValue.flatMap(Duration.init(expiration:)))
    }
}
