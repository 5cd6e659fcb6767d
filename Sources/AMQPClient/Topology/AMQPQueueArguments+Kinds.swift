// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

extension AMQPQueueArguments {
    /// A classic queue: on one node, with every feature but replicas.
    ///
    /// - Parameters:
    ///   - messageTTL: how long a message waits at most, in whole milliseconds, up to 10 years.
    ///   - expires: after how long without use the queue is deleted, in whole milliseconds, up to 10 years.
    ///   - maximumLength: how many messages it holds at most.
    ///   - maximumBytes: how many bytes of bodies it holds at most.
    ///   - overflow: what becomes of a message too many; RabbitMQ's default drops the oldest.
    ///   - deadLettering: where messages go that expire, are rejected or are too many; by default nowhere.
    ///   - maximumPriority: the highest priority, 1 to 255, of which RabbitMQ advises 10 at most; by default it has no priorities.
    ///   - isLazy: whether messages are kept on disk alone, which RabbitMQ 3.12 and later always do.
    ///   - version: which of the broker's two forms of storage is used, 1 or 2; by default the broker chooses.
    ///   - singleActiveConsumer: whether one consumer at a time gets deliveries, and another follows when it is gone.
    /// - Returns: the arguments.
    /// - Throws: ``AMQPError/Code/invalidArgument``, which names the argument that is not possible.
    public static func classic(
        messageTTL: Duration? = nil,
        expires: Duration? = nil,
        maximumLength: Int? = nil,
        maximumBytes: Int? = nil,
        overflow: AMQPOverflow? = nil,
        deadLettering: AMQPDeadLettering? = nil,
        maximumPriority: Int? = nil,
        isLazy: Bool = false,
        version: Int? = nil,
        singleActiveConsumer: Bool = false
    ) throws(AMQPError) -> AMQPQueueArguments {
        guard deadLettering?.strategy != .atLeastOnce else {
            throw .argument("x-dead-letter-strategy", "at-least-once takes a quorum queue")
        }
        var arguments: AMQPQueueArguments = ["x-queue-type": "classic"]
        try arguments.setLimits(
            messageTTL: messageTTL, expires: expires, maximumLength: maximumLength, maximumBytes: maximumBytes, overflow: overflow,
            deadLettering: deadLettering, singleActiveConsumer: singleActiveConsumer)
        try arguments.set("x-max-priority", maximumPriority, in: 1...255)
        if isLazy { arguments["x-queue-mode"] = "lazy" }
        try arguments.set("x-queue-version", version, in: 1...2)
        return arguments
    }

    /// A quorum queue: replicated, and safe while a majority of its nodes is up.
    ///
    /// It has to be declared durable.
    ///
    /// - Parameters:
    ///   - messageTTL: how long a message waits at most, in whole milliseconds, up to 10 years; takes RabbitMQ 3.10.
    ///   - expires: after how long without use the queue is deleted, in whole milliseconds, up to 10 years.
    ///   - maximumLength: how many messages it holds at most.
    ///   - maximumBytes: how many bytes of bodies it holds at most.
    ///   - overflow: what becomes of a message too many; RabbitMQ's default drops the oldest.
    ///     ``AMQPOverflow/rejectPublishAndDeadLetter`` is for classic queues.
    ///   - deadLettering: where messages go that expire, are rejected, are too many or were delivered too often; by default nowhere.
    ///     ``AMQPDeadLettering/Strategy/atLeastOnce`` takes the overflow ``AMQPOverflow/rejectPublish``.
    ///   - deliveryLimit: how often a message is delivered again, before it is a dead letter; -1, from RabbitMQ 4.0 on, for no limit. By
    ///     default 20 from RabbitMQ 4.0 on, and no limit before.
    ///   - initialGroupSize: how many replicas it begins with, at least 1; by default the broker chooses.
    ///   - leaderLocator: on which node its leader begins; by default the broker chooses.
    ///   - singleActiveConsumer: whether one consumer at a time gets deliveries, and another follows when it is gone.
    /// - Returns: the arguments.
    /// - Throws: ``AMQPError/Code/invalidArgument``, which names the argument that is not possible.
    public static func quorum(
        messageTTL: Duration? = nil,
        expires: Duration? = nil,
        maximumLength: Int? = nil,
        maximumBytes: Int? = nil,
        overflow: AMQPOverflow? = nil,
        deadLettering: AMQPDeadLettering? = nil,
        deliveryLimit: Int? = nil,
        initialGroupSize: Int? = nil,
        leaderLocator: AMQPQueueLeaderLocator? = nil,
        singleActiveConsumer: Bool = false
    ) throws(AMQPError) -> AMQPQueueArguments {
        guard overflow != .rejectPublishAndDeadLetter else {
            throw .argument("x-overflow", "reject-publish-dlx takes a classic queue; a quorum queue would drop the oldest instead")
        }
        guard deadLettering?.strategy != .atLeastOnce || overflow == .rejectPublish else {
            throw .argument("x-dead-letter-strategy", "at-least-once takes the overflow reject-publish; the broker would pass it over")
        }
        var arguments: AMQPQueueArguments = ["x-queue-type": "quorum"]
        try arguments.setLimits(
            messageTTL: messageTTL, expires: expires, maximumLength: maximumLength, maximumBytes: maximumBytes, overflow: overflow,
            deadLettering: deadLettering, singleActiveConsumer: singleActiveConsumer)
        arguments["x-dead-letter-strategy"] = (deadLettering?.strategy?.rawValue).map(AMQPValue.string)
        try arguments.set("x-delivery-limit", deliveryLimit, in: -1...Int.max)
        try arguments.set("x-quorum-initial-group-size", initialGroupSize, in: 1...Int.max)
        arguments["x-queue-leader-locator"] = (leaderLocator?.rawValue).map(AMQPValue.string)
        return arguments
    }

    /// A stream: a replicated log that keeps what was read.
    ///
    /// It has to be declared durable.
    ///
    /// - Parameters:
    ///   - maximumBytes: how many bytes it keeps at most, counted in whole segments; by default no limit.
    ///   - maximumAge: how long it keeps messages, in whole seconds, counted in whole segments; by default no limit.
    ///   - maximumSegmentBytes: how long a segment's file grows, up to 3,000,000,000; by default 500,000,000.
    ///   - filterBytes: how many bytes the Bloom filter of a chunk has, 16 to 255; takes RabbitMQ 3.13, and is passed over before.
    ///   - initialClusterSize: how many replicas it begins with, at least 1; by default the broker chooses.
    ///   - leaderLocator: on which node its leader begins; by default the broker chooses.
    /// - Returns: the arguments.
    /// - Throws: ``AMQPError/Code/invalidArgument``, which names the argument that is not possible.
    public static func stream(
        maximumBytes: Int? = nil,
        maximumAge: Duration? = nil,
        maximumSegmentBytes: Int? = nil,
        filterBytes: Int? = nil,
        initialClusterSize: Int? = nil,
        leaderLocator: AMQPQueueLeaderLocator? = nil
    ) throws(AMQPError) -> AMQPQueueArguments {
        var arguments: AMQPQueueArguments = ["x-queue-type": "stream"]
        try arguments.set("x-max-length-bytes", maximumBytes, in: 0...Int.max)
        if let maximumAge {
            guard let age = maximumAge.wholeSecondsAboveZero else {
                throw .argument("x-max-age", "\(maximumAge) is not possible, whole seconds above zero are")
            }
            arguments["x-max-age"] = .string("\(age)s")
        }
        try arguments.set("x-stream-max-segment-size-bytes", maximumSegmentBytes, in: 0...3_000_000_000)
        try arguments.set("x-stream-filter-size-bytes", filterBytes, in: 16...255)
        try arguments.set("x-initial-cluster-size", initialClusterSize, in: 1...Int.max)
        arguments["x-queue-leader-locator"] = (leaderLocator?.rawValue).map(AMQPValue.string)
        return arguments
    }
}

extension Duration {
    /// The seconds, where they are whole and above zero.
    var wholeSecondsAboveZero: Int64? {
        let (seconds, attoseconds) = self.components
        return seconds > 0 && attoseconds == 0 ? seconds : nil
    }
}
