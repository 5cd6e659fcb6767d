// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire

/// What a queue is and does beyond its flags: its kind, its limits, and where its dead letters go.
///
/// ``classic(messageTTL:expires:maximumLength:maximumBytes:overflow:deadLettering:maximumPriority:isLazy:version:singleActiveConsumer:)``,
/// ``quorum(messageTTL:expires:maximumLength:maximumBytes:overflow:deadLettering:deliveryLimit:initialGroupSize:leaderLocator:singleActiveConsumer:)``
/// and ``stream(maximumBytes:maximumAge:maximumSegmentBytes:filterBytes:initialClusterSize:leaderLocator:)`` make one for each kind of
/// queue that RabbitMQ has, with what that kind knows, and find what the broker would refuse or pass over in silence. What a plugin or a
/// later broker knows besides is set by its name; a literal makes arguments of names alone.
public struct AMQPQueueArguments: Hashable, Sendable, ExpressibleByDictionaryLiteral {
    /// Ten years, the longest time that RabbitMQ takes.
    private static let maximumMilliseconds: Int64 = 10 * 365 * 86_400_000

    /// The arguments as they are sent.
    public var table: AMQPTable

    /// Makes arguments as they are sent.
    ///
    /// - Parameter table: names and values; by default none.
    public init(_ table: AMQPTable = [:]) { self.table = table }

    /// Makes arguments of names and values.
    public init(dictionaryLiteral elements: (String, AMQPValue)...) { self.init(AMQPTable(elements)) }

    /// The argument of a name, such as `x-message-ttl`.
    ///
    /// - Parameter name: the argument's name; setting `nil` removes it.
    public subscript(name: String) -> AMQPValue? {
        get { self.table[name] }
        set { self.table[name] = newValue }
    }

    /// Checks the flags that go with the arguments: queues with replicas are durable and shared, and have names.
    func check(name: String, durable: Bool, exclusive: Bool, autoDelete: Bool) throws(AMQPError) {
        guard let type = self["x-queue-type"]?.stringValue, type == "quorum" || type == "stream" else { return }
        let isShared = !exclusive && !autoDelete
        guard durable, isShared, !name.isEmpty else {
            throw .argument("x-queue-type", "a \(type) queue has a name, is durable, and neither exclusive nor deleted automatically")
        }
    }

    // MARK: What the kinds of queues have in common

    mutating func setLimits(
        messageTTL: Duration?, expires: Duration?, maximumLength: Int?, maximumBytes: Int?, overflow: AMQPOverflow?,
        deadLettering: AMQPDeadLettering?, singleActiveConsumer: Bool
    ) throws(AMQPError) {
        try self.set("x-message-ttl", messageTTL, atLeast: 0)
        try self.set("x-expires", expires, atLeast: 1)
        try self.set("x-max-length", maximumLength, in: 0...Int.max)
        try self.set("x-max-length-bytes", maximumBytes, in: 0...Int.max)
        self["x-overflow"] = (overflow?.rawValue).map(AMQPValue.string)
        self["x-dead-letter-exchange"] = (deadLettering?.exchange).map(AMQPValue.string)
        self["x-dead-letter-routing-key"] = (deadLettering?.routingKey).map(AMQPValue.string)
        if singleActiveConsumer { self["x-single-active-consumer"] = true }
    }

    mutating func set(_ name: String, _ value: Int?, in range: ClosedRange<Int>) throws(AMQPError) {
        guard let value else { return }
        guard range.contains(value) else {
            let limits = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw .argument(name, "\(value) is not possible, \(limits) is")
        }
        self[name] = .int64(Int64(value))
    }

    private mutating func set(_ name: String, _ time: Duration?, atLeast least: Int64) throws(AMQPError) {
        guard let time else { return }
        guard let milliseconds = time.wholeMilliseconds, (least...Self.maximumMilliseconds).contains(milliseconds) else {
            throw .argument(name, "\(time) is not possible, \(least) to \(Self.maximumMilliseconds) whole milliseconds are")
        }
        self[name] = .int64(milliseconds)
    }
}

extension AMQPError {
    static func argument(_ name: String, _ reason: String) -> AMQPError {
        AMQPError(.invalidArgument, message: "the argument \(name): \(reason)")
    }
}

extension Duration {
    /// The milliseconds, where they are whole.
    fileprivate var wholeMilliseconds: Int64? {
        let (seconds, attoseconds) = self.components
        let (milliseconds, rest) = attoseconds.quotientAndRemainder(dividingBy: 1_000_000_000_000_000)
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000)
        guard rest == 0, !overflow else { return nil }
        return product.addingReportingOverflow(milliseconds).overflow ? nil : product + milliseconds
    }
}
