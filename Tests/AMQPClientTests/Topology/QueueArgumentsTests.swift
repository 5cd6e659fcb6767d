// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(1))) struct QueueArgumentsTests {
    @Test func `a classic queue says all that it knows`() throws {
        let arguments = try AMQPQueueArguments.classic(
            messageTTL: .seconds(5), expires: .milliseconds(1), maximumLength: 7, maximumBytes: 8, overflow: .rejectPublishAndDeadLetter,
            deadLettering: AMQPDeadLettering(to: "dead", routingKey: "letter"), maximumPriority: 10, isLazy: true, version: 2,
            singleActiveConsumer: true)
        #expect(
            arguments == [
                "x-queue-type": "classic", "x-message-ttl": 5_000, "x-expires": 1, "x-max-length": 7, "x-max-length-bytes": 8,
                "x-overflow": "reject-publish-dlx", "x-dead-letter-exchange": "dead", "x-dead-letter-routing-key": "letter",
                "x-single-active-consumer": true, "x-max-priority": 10, "x-queue-mode": "lazy", "x-queue-version": 2,
            ])
    }

    @Test func `a quorum queue says all that it knows`() throws {
        let arguments = try AMQPQueueArguments.quorum(
            messageTTL: .zero, expires: .seconds(1), maximumLength: 0, maximumBytes: 0, overflow: .rejectPublish,
            deadLettering: AMQPDeadLettering(to: "", strategy: .atLeastOnce), deliveryLimit: 3, initialGroupSize: 5,
            leaderLocator: .balanced, singleActiveConsumer: true)
        #expect(
            arguments == [
                "x-queue-type": "quorum", "x-message-ttl": 0, "x-expires": 1_000, "x-max-length": 0, "x-max-length-bytes": 0,
                "x-overflow": "reject-publish", "x-dead-letter-exchange": "", "x-single-active-consumer": true,
                "x-dead-letter-strategy": "at-least-once", "x-delivery-limit": 3, "x-quorum-initial-group-size": 5,
                "x-queue-leader-locator": "balanced",
            ])
    }

    @Test func `a stream says all that it knows`() throws {
        let arguments = try AMQPQueueArguments.stream(
            maximumBytes: 1, maximumAge: .seconds(86_400), maximumSegmentBytes: 2, filterBytes: 16, initialClusterSize: 3,
            leaderLocator: .clientLocal)
        #expect(
            arguments == [
                "x-queue-type": "stream", "x-max-length-bytes": 1, "x-max-age": "86400s", "x-stream-max-segment-size-bytes": 2,
                "x-stream-filter-size-bytes": 16, "x-initial-cluster-size": 3, "x-queue-leader-locator": "client-local",
            ])
    }

    @Test func `what is not said is the broker's to choose`() throws {
        #expect(try AMQPQueueArguments.classic() == ["x-queue-type": "classic"])
        #expect(try AMQPQueueArguments.quorum() == ["x-queue-type": "quorum"])
        #expect(try AMQPQueueArguments.stream() == ["x-queue-type": "stream"])
    }

    @Test func `an argument that a kind does not know is set by its name`() throws {
        var arguments = try AMQPQueueArguments.quorum(deliveryLimit: 1)
        arguments["x-quorum-target-group-size"] = 3
        arguments["x-delivery-limit"] = nil
        #expect(arguments.table == ["x-queue-type": "quorum", "x-quorum-target-group-size": 3])
    }

    struct Impossible: Sendable, CustomTestStringConvertible {
        var argument: String
        var make: @Sendable () throws(AMQPError) -> AMQPQueueArguments
        var testDescription: String { self.argument }

        init(_ argument: String, _ make: @escaping @Sendable () throws(AMQPError) -> AMQPQueueArguments) {
            self.argument = argument
            self.make = make
        }
    }

    @Test(arguments: [
        Impossible("x-message-ttl") { () throws(AMQPError) in try .classic(messageTTL: .milliseconds(-1)) },
        Impossible("x-message-ttl") { () throws(AMQPError) in try .classic(messageTTL: .microseconds(1)) },
        Impossible("x-message-ttl") { () throws(AMQPError) in try .quorum(messageTTL: .milliseconds(315_360_000_001)) },
        Impossible("x-message-ttl") { () throws(AMQPError) in try .quorum(messageTTL: .seconds(Int64.max)) },
        Impossible("x-expires") { () throws(AMQPError) in try .classic(expires: .zero) },
        Impossible("x-max-length") { () throws(AMQPError) in try .classic(maximumLength: -1) },
        Impossible("x-max-length-bytes") { () throws(AMQPError) in try .quorum(maximumBytes: -1) },
        Impossible("x-max-length-bytes") { () throws(AMQPError) in try .stream(maximumBytes: -1) },
        Impossible("x-max-priority") { () throws(AMQPError) in try .classic(maximumPriority: 256) },
        Impossible("x-max-priority") { () throws(AMQPError) in try .classic(maximumPriority: 0) },
        Impossible("x-queue-version") { () throws(AMQPError) in try .classic(version: 3) },
        Impossible("x-delivery-limit") { () throws(AMQPError) in try .quorum(deliveryLimit: -2) },
        Impossible("x-quorum-initial-group-size") { () throws(AMQPError) in try .quorum(initialGroupSize: 0) },
        Impossible("x-initial-cluster-size") { () throws(AMQPError) in try .stream(initialClusterSize: 0) },
        Impossible("x-max-age") { () throws(AMQPError) in try .stream(maximumAge: .zero) },
        Impossible("x-max-age") { () throws(AMQPError) in try .stream(maximumAge: .milliseconds(1_500)) },
        Impossible("x-stream-max-segment-size-bytes") { () throws(AMQPError) in try .stream(maximumSegmentBytes: 3_000_000_001) },
        Impossible("x-stream-filter-size-bytes") { () throws(AMQPError) in try .stream(filterBytes: 15) },
        Impossible("x-overflow") { () throws(AMQPError) in try .quorum(overflow: .rejectPublishAndDeadLetter) },
        Impossible("x-dead-letter-strategy") { () throws(AMQPError) in
            try .quorum(deadLettering: AMQPDeadLettering(to: "d", strategy: .atLeastOnce))
        },
        Impossible("x-dead-letter-strategy") { () throws(AMQPError) in
            try .classic(overflow: .rejectPublish, deadLettering: AMQPDeadLettering(to: "d", strategy: .atLeastOnce))
        },
    ])
    func `what is not possible is an error that names the argument`(impossible: Impossible) {
        let error = #expect(throws: AMQPError.self) { try impossible.make() }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains("argument \(impossible.argument):") == true)
    }

    @Test func `arguments are sent as they are, and flags that do not go with them are not sent`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                let reply = AMQPMethod.queueDeclareOk(QueueDeclareOk(queue: "q", messageCount: 0, consumerCount: 0))
                guard case .queueDeclare(let declare) = try await broker.answer(with: reply) else {
                    throw ScriptedBroker.Unexpected(event: "no declare")
                }
                #expect(declare.arguments == ["x-queue-type": "quorum", "x-delivery-limit": 4])
            },
            client: { connection in
                try await connection.withChannel { channel in
                    for attempt in [
                        { () async throws in try await channel.declareQueue("q", durable: false, arguments: .quorum()) },
                        { () async throws in try await channel.declareQueue("q", durable: true, exclusive: true, arguments: .stream()) },
                        { () async throws in try await channel.declareQueue("q", durable: true, autoDelete: true, arguments: .quorum()) },
                        { () async throws in try await channel.declareQueue("", durable: true, arguments: ["x-queue-type": "stream"]) },
                    ] {
                        #expect(await errorCode(attempt) == .invalidArgument)
                    }
                    try await channel.declareQueue("q", durable: true, arguments: .quorum(deliveryLimit: 4))
                }
            })
    }
}
