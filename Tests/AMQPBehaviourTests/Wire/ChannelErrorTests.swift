// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// What a broker answers to what a client should not send, to the letter.
@Suite(.timeLimit(.minutes(2))) struct ChannelErrorTests {
    /// What is sent and how it is refused; names of queues stand as `nowhere`.
    struct Refusal: CustomTestStringConvertible, Sendable {
        var method: AMQPMethod
        var code: AMQPReplyCode
        var text: String
        var testDescription: String { self.text }
    }

    static let channelErrors: [Refusal] = [
        Refusal(
            method: .queueDeclare(QueueDeclare(queue: "nowhere", passive: true)), code: .notFound,
            text: "NOT_FOUND - no queue 'nowhere' in vhost '/'"),
        Refusal(
            method: .exchangeDeclare(ExchangeDeclare(exchange: "nowhere", type: "direct", passive: true)), code: .notFound,
            text: "NOT_FOUND - no exchange 'nowhere' in vhost '/'"),
        Refusal(method: .queuePurge(QueuePurge(queue: "nowhere")), code: .notFound, text: "NOT_FOUND - no queue 'nowhere' in vhost '/'"),
        Refusal(method: .basicGet(BasicGet(queue: "nowhere")), code: .notFound, text: "NOT_FOUND - no queue 'nowhere' in vhost '/'"),
        Refusal(
            method: .basicConsume(BasicConsume(queue: "nowhere")), code: .notFound, text: "NOT_FOUND - no queue 'nowhere' in vhost '/'"),
        Refusal(method: .basicGet(BasicGet(queue: "")), code: .notFound, text: "NOT_FOUND - no previously declared queue"),
        Refusal(
            method: .queueDeclare(QueueDeclare(queue: "amq.mine")), code: .accessRefused,
            text: "ACCESS_REFUSED - queue name 'amq.mine' contains reserved prefix 'amq.*'"),
        Refusal(
            method: .exchangeDeclare(ExchangeDeclare(exchange: "amq.mine", type: "direct")), code: .accessRefused,
            text: "ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'"),
        Refusal(
            method: .exchangeDelete(ExchangeDelete(exchange: "amq.direct")), code: .accessRefused,
            text: "ACCESS_REFUSED - deletion of system exchange 'amq.direct' in vhost '/' not allowed"),
        Refusal(
            method: .exchangeDelete(ExchangeDelete(exchange: "")), code: .accessRefused,
            text: "ACCESS_REFUSED - operation not permitted on the default exchange"),
        Refusal(
            method: .basicAck(BasicAck(deliveryTag: 1)), code: .preconditionFailed, text: "PRECONDITION_FAILED - unknown delivery tag 1"),
        Refusal(
            method: .basicAck(BasicAck(deliveryTag: 0)), code: .preconditionFailed, text: "PRECONDITION_FAILED - unknown delivery tag 0"),
        Refusal(
            method: .basicNack(BasicNack(deliveryTag: 7, multiple: true)), code: .preconditionFailed,
            text: "PRECONDITION_FAILED - unknown delivery tag 7"),
        Refusal(
            method: .basicReject(BasicReject(deliveryTag: 3, requeue: true)), code: .preconditionFailed,
            text: "PRECONDITION_FAILED - unknown delivery tag 3"),
        Refusal(method: .txCommit(TxCommit()), code: .preconditionFailed, text: "PRECONDITION_FAILED - channel is not transactional"),
        Refusal(method: .txRollback(TxRollback()), code: .preconditionFailed, text: "PRECONDITION_FAILED - channel is not transactional"),
    ]

    @Test(arguments: Broker.all, channelErrors)
    func `what the channel may not do closes it, with the code and the words of RabbitMQ`(broker: Broker, refusal: Refusal) async throws {
        try await WireClient.run(on: broker) { client in
            try client.send(refusal.method)
            let close = try await client.nextClose()
            #expect(close.code == refusal.code)
            #expect(close.text == refusal.text)
            #expect(close.method == refusal.method.id)
            try await client.open(1)
        }
    }

    static let connectionErrors: [Refusal] = [
        Refusal(method: .channelOpen(ChannelOpen()), code: .channelError, text: "CHANNEL_ERROR - second 'channel.open' seen"),
        Refusal(
            method: .exchangeDeclare(ExchangeDeclare(exchange: "x", type: "odd")), code: .commandInvalid,
            text: "COMMAND_INVALID - unknown exchange type 'odd'"),
        Refusal(
            method: .basicQos(BasicQos(prefetchSize: 1, prefetchCount: 1)), code: .notImplemented,
            text: "NOT_IMPLEMENTED - prefetch_size!=0 (1)"),
        Refusal(method: .basicRecover(BasicRecover(requeue: false)), code: .notImplemented, text: "NOT_IMPLEMENTED - requeue=false"),
        Refusal(method: .channelFlow(ChannelFlow(active: false)), code: .notImplemented, text: "NOT_IMPLEMENTED - active=false"),
    ]

    @Test(arguments: Broker.all, connectionErrors)
    func `what no channel may do ends the connection, with the code and the words of RabbitMQ`(broker: Broker, refusal: Refusal)
        async throws
    {
        try await WireClient.run(on: broker) { client in
            try client.send(refusal.method)
            let close = try await client.nextClose(on: 0)
            #expect(close.code == refusal.code)
            #expect(close.text == refusal.text)
            #expect(close.method == refusal.method.id)
            #expect(await client.nextFrame() == nil)
        }
    }

    @Test(arguments: Broker.all) func `a channel that was not opened ends the connection`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            try client.send(.queueDeclare(QueueDeclare(queue: "q")), on: 5)
            let close = try await client.nextClose(on: 0)
            #expect(close.code == .channelError)
            #expect(close.text == "CHANNEL_ERROR - expected 'channel.open'")
        }
    }

    @Test(arguments: Broker.all) func `a method in the midst of a content ends the connection`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            try client.send(.basicPublish(BasicPublish(exchange: "", routingKey: "q")))
            try client.send(.confirmSelect(ConfirmSelect()))
            let close = try await client.nextClose(on: 0)
            #expect(close.code == .unexpectedFrame)
            #expect(close.text == "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead")
        }
    }

    @Test(arguments: Broker.all) func `nobody can ask for a consumer that must be there already`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            try client.publish([1], key: "q", immediate: true)
            let close = try await client.nextClose(on: 0)
            #expect(close.code == .notImplemented)
            #expect(close.text == "NOT_IMPLEMENTED - immediate=true")
        }
    }

    @Test(arguments: Broker.all) func `a consumer tag names one consumer`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "same")))
            try client.send(.basicConsume(BasicConsume(queue: queue, consumerTag: "same")))
            let close = try await client.nextClose(on: 0)
            #expect(close.code == .notAllowed)
            #expect(close.text == "NOT_ALLOWED - attempt to reuse consumer tag 'same'")
        }
    }

    @Test(arguments: Broker.all) func `a channel that is being closed hears nothing until the client agrees`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            try client.send(.basicAck(BasicAck(deliveryTag: 1)))
            try client.publish([1], key: queue)
            try client.send(.queueDeclare(QueueDeclare(queue: queue, passive: true)))
            #expect(try await client.nextClose().code == .preconditionFailed)
            try await client.open(1)
            #expect(try await client.depth(of: queue) == 0)
        }
    }

    @Test(arguments: Broker.all) func `a message to an exchange that is not there closes the channel in the name of the publish`(
        broker: Broker
    ) async throws {
        try await WireClient.run(on: broker) { client in
            try client.publish([1, 2, 3], to: "nowhere", key: "k")
            let close = try await client.nextClose()
            #expect(close.code == .notFound)
            #expect(close.text == "NOT_FOUND - no exchange 'nowhere' in vhost '/'")
            #expect(close.method == BasicPublish.id)
        }
    }

    @Test(arguments: Broker.all) func `confirms and transactions do not go together`(broker: Broker) async throws {
        try await WireClient.run(on: broker, channels: 2) { client in
            _ = try await client.call(.confirmSelect(ConfirmSelect()))
            try client.send(.txSelect(TxSelect()))
            #expect(try await client.nextClose().text == "PRECONDITION_FAILED - cannot switch from confirm to tx mode")
            _ = try await client.call(.txSelect(TxSelect()), on: 2)
            try client.send(.confirmSelect(ConfirmSelect()), on: 2)
            #expect(try await client.nextClose(on: 2).text == "PRECONDITION_FAILED - cannot switch from tx to confirm mode")
        }
    }
}
