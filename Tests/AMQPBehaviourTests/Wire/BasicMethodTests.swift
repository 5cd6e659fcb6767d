// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// The methods of the class `basic`, one by one.
@Suite(.timeLimit(.minutes(2))) struct BasicMethodTests {
    /// Runs with a channel and a queue that holds messages of one byte each.
    private func withQueue(
        on broker: Broker, _ bodies: [UInt8], channels: UInt16 = 1, _ body: (WireClient, String) async throws -> Void
    ) async throws {
        try await WireClient.run(on: broker, channels: channels) { client in
            let queue = try await client.declareQueue()
            try await broker.withChannel { channel in
                let publisher = try await channel.publisher()
                for byte in bodies { try await publisher.publish([byte], to: .queue(queue), mandatory: true) }
            }
            try await body(client, queue)
        }
    }

    private func get(_ client: WireClient, _ queue: String, noAck: Bool = false) async throws -> WireClient.Content {
        try client.send(.basicGet(BasicGet(queue: queue, noAck: noAck)))
        return try await client.nextContent()
    }

    @Test(arguments: Broker.all) func `get gives one message and says how many are left`(broker: Broker) async throws {
        try await self.withQueue(on: broker, [1, 2]) { client, queue in
            for (tag, left) in [(1, 1), (2, 0)] as [(UInt64, UInt32)] {
                let content = try await self.get(client, queue)
                #expect(
                    content.method
                        == .basicGetOk(BasicGetOk(deliveryTag: tag, exchange: "", routingKey: queue, messageCount: left)))
                #expect(content.body == [UInt8(tag)])
            }
            #expect(try await client.call(.basicGet(BasicGet(queue: queue))) == .basicGetEmpty(BasicGetEmpty()))
        }
    }

    @Test(arguments: Broker.all) func `what is got without acknowledgement is gone, with one it is only away`(broker: Broker) async throws {
        try await self.withQueue(on: broker, [1, 2]) { client, queue in
            _ = try await self.get(client, queue, noAck: true)
            _ = try await self.get(client, queue)
            try client.send(.basicReject(BasicReject(deliveryTag: 2, requeue: true)))
            let again = try await self.get(client, queue)
            #expect(again.body == [2])
            guard case .basicGetOk(let getOk) = again.method else { throw WireClient.Unexpected(description: "\(again)") }
            #expect(getOk.redelivered)
            #expect(getOk.deliveryTag == 3)
        }
    }

    @Test(arguments: Broker.all) func `a quorum queue with a single active consumer gives nothing for the asking`(broker: Broker)
        async throws
    {
        try await WireClient.run(on: broker, channels: 2) { client in
            let queue = freshName("active")
            let arguments: AMQPTable = ["x-queue-type": "quorum", "x-single-active-consumer": true]
            _ = try await client.call(.queueDeclare(QueueDeclare(queue: queue, durable: true, arguments: arguments)))
            try client.send(.basicGet(BasicGet(queue: queue)), on: 2)
            let close = try await client.nextClose(on: 2)
            #expect(close.code == .resourceLocked)
            #expect(
                close.text
                    == "RESOURCE_LOCKED - cannot obtain access to locked queue '\(queue)' in vhost '/'. basic.get operations are not "
                    + "supported by quorum queues with single active consumer")
            _ = try await client.call(.queueDelete(QueueDelete(queue: queue)))
        }
    }

    @Test(arguments: Broker.all) func `a consumer that acknowledges nothing gets everything`(broker: Broker) async throws {
        try await self.withQueue(on: broker, Array(1...20)) { client, queue in
            _ = try await client.call(.basicQos(BasicQos(prefetchCount: 1)))
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "all", noAck: true)))
            for number in 1...20 as ClosedRange<UInt8> { #expect(try await client.nextDelivery().body == [number]) }
            #expect(try await client.depth(of: queue) == 0)
            try client.send(.basicAck(BasicAck(deliveryTag: 1)))
            #expect(try await client.nextClose().code == .preconditionFailed, "nothing is there to be acknowledged")
        }
    }

    @Test(arguments: Broker.all) func `a limit for the channel holds for all its consumers together`(broker: Broker) async throws {
        try await self.withQueue(on: broker, Array(1...10)) { client, queue in
            _ = try await client.call(.basicQos(BasicQos(prefetchCount: 3, global: true)))
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "one")))
            for _ in 0..<3 { _ = try await client.nextDelivery() }
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "other")))
            #expect(try await client.depth(of: queue) == 7)
            try client.send(.basicAck(BasicAck(deliveryTag: 3, multiple: true)))
            for number in 4...6 as ClosedRange<UInt8> { #expect(try await client.nextDelivery().body == [number]) }
            #expect(try await client.depth(of: queue) == 4)
        }
    }

    @Test(arguments: Broker.all) func `a new limit is for new consumers`(broker: Broker) async throws {
        try await self.withQueue(on: broker, Array(1...10)) { client, queue in
            _ = try await client.call(.basicQos(BasicQos(prefetchCount: 1)))
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "narrow")))
            #expect(try await client.nextDelivery().deliver.consumerTag == "narrow")
            _ = try await client.call(.basicQos(BasicQos(prefetchCount: 4)))
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "wide")))
            for _ in 0..<4 { #expect(try await client.nextDelivery().deliver.consumerTag == "wide") }
            #expect(try await client.depth(of: queue) == 5)
        }
    }

    @Test(arguments: Broker.all) func `one acknowledgement may mean all up to its tag, or simply all`(broker: Broker) async throws {
        try await self.withQueue(on: broker, Array(1...6)) { client, queue in
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "c")))
            for _ in 0..<6 { _ = try await client.nextDelivery() }
            try client.send(.basicAck(BasicAck(deliveryTag: 2)))
            try client.send(.basicAck(BasicAck(deliveryTag: 4, multiple: true)))
            try client.send(.basicNack(BasicNack(deliveryTag: 0, multiple: true, requeue: true)))
            #expect(try await client.nextDelivery().body == [5])
            #expect(try await client.nextDelivery().body == [6])
            try client.send(.basicAck(BasicAck(deliveryTag: 0, multiple: true)))
            try client.send(.basicAck(BasicAck(deliveryTag: 0, multiple: true)))
            #expect(try await client.depth(of: queue) == 0, "nothing at all is also all")
        }
    }

    @Test(arguments: Broker.all) func `recovering gives back all that is unacknowledged, marked`(broker: Broker) async throws {
        try await self.withQueue(on: broker, [1, 2]) { client, queue in
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "c")))
            for _ in 0..<2 { #expect(try await !client.nextDelivery().deliver.redelivered) }
            #expect(try await client.call(.basicRecover(BasicRecover(requeue: true))) == .basicRecoverOk(BasicRecoverOk()))
            for number in [1, 2] as [UInt8] {
                let (deliver, body) = try await client.nextDelivery()
                #expect(deliver.redelivered)
                #expect(body == [number])
            }
        }
    }

    @Test(arguments: Broker.all) func `the broker makes up a consumer's tag, and a tag may come again when its consumer has ended`(
        broker: Broker
    ) async throws {
        try await self.withQueue(on: broker, []) { client, queue in
            let answer = try await client.call(.basicConsume(BasicConsume(queue: queue)))
            guard case .basicConsumeOk(let consumeOk) = answer else { throw WireClient.Unexpected(description: "\(answer)") }
            #expect(consumeOk.consumerTag.hasPrefix("amq.ctag-"))
            for _ in 0..<2 {
                _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "mine")))
                #expect(
                    try await client.call(.basicCancel(BasicCancel(consumerTag: "mine")))
                        == .basicCancelOk(BasicCancelOk(consumerTag: "mine")))
            }
        }
    }

    @Test(arguments: Broker.all) func `ending a consumer that is not there is agreed to`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let answer = try await client.call(.basicCancel(BasicCancel(consumerTag: "nobody")))
            #expect(answer == .basicCancelOk(BasicCancelOk(consumerTag: "nobody")))
        }
    }

    @Test(arguments: Broker.all) func `an ended consumer's deliveries can still be acknowledged`(broker: Broker) async throws {
        try await self.withQueue(on: broker, [1, 2]) { client, queue in
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "c")))
            for _ in 0..<2 { _ = try await client.nextDelivery() }
            _ = try await client.call(.basicCancel(BasicCancel(consumerTag: "c")))
            try client.send(.basicAck(BasicAck(deliveryTag: 1)))
            try client.send(.basicReject(BasicReject(deliveryTag: 2, requeue: true)))
            try await eventually { try await client.depth(of: queue) == 1 }
        }
    }

    @Test(arguments: Broker.all, [true, false]) func `a consumer whose queue goes is told so, if it can understand it`(
        broker: Broker, understands: Bool
    ) async throws {
        try await WireClient.run(on: broker, capabilities: understands ? ["consumer_cancel_notify"] : []) { client in
            let queue = try await client.declareQueue()
            _ = try await client.call(.basicConsume(BasicConsume(queue: queue, consumerTag: "c")))
            try client.send(.queueDelete(QueueDelete(queue: queue)))
            var answers: [AMQPMethod] = [.queueDeleteOk(QueueDeleteOk(messageCount: 0))]
            if understands { answers.append(.basicCancel(BasicCancel(consumerTag: "c", noWait: true))) }
            // Which of the two comes first is nobody's promise.
            for _ in answers.indices {
                let answer = try await client.nextMethod()
                #expect(answers.contains(answer), "\(answer)")
                answers.removeAll { $0 == answer }
            }
            #expect(try await client.call(.channelFlow(ChannelFlow(active: true))) == .channelFlowOk(ChannelFlowOk(active: true)))
        }
    }

    @Test(arguments: Broker.all) func `a channel's last queue is meant where no queue is named`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            _ = try await client.call(.queueBind(QueueBind(queue: "", exchange: "amq.direct", routingKey: "")))
            try client.publish([1], to: "amq.direct", key: queue)
            try client.send(.basicGet(BasicGet(queue: "", noAck: true)))
            #expect(try await client.nextContent().body == [1])
            #expect(try await client.call(.queuePurge(QueuePurge(queue: ""))) == .queuePurgeOk(QueuePurgeOk(messageCount: 0)))
            #expect(try await client.call(.queueDelete(QueueDelete(queue: ""))) == .queueDeleteOk(QueueDeleteOk(messageCount: 0)))
        }
    }

    @Test(arguments: Broker.all) func `nothing is answered to who does not wait`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let (queue, exchange) = (freshName("quiet"), freshName("quiet"))
            try client.send(.exchangeDeclare(ExchangeDeclare(exchange: exchange, type: "fanout", noWait: true)))
            try client.send(.queueDeclare(QueueDeclare(queue: queue, exclusive: true, noWait: true)))
            try client.send(.queueBind(QueueBind(queue: queue, exchange: exchange, routingKey: "", noWait: true)))
            try client.send(.exchangeBind(ExchangeBind(destination: exchange, source: "amq.direct", routingKey: queue, noWait: true)))
            try client.send(.exchangeUnbind(ExchangeUnbind(destination: exchange, source: "amq.direct", routingKey: queue, noWait: true)))
            try client.send(.confirmSelect(ConfirmSelect(noWait: true)))
            try client.send(.basicConsume(BasicConsume(queue: queue, consumerTag: "c", noWait: true)))
            try client.send(.basicCancel(BasicCancel(consumerTag: "c", noWait: true)))
            try client.send(.queuePurge(QueuePurge(queue: queue, noWait: true)))
            try client.send(.queueDelete(QueueDelete(queue: queue, noWait: true)))
            try client.send(.exchangeDelete(ExchangeDelete(exchange: exchange, noWait: true)))
            #expect(try await client.call(.channelFlow(ChannelFlow(active: true))) == .channelFlowOk(ChannelFlowOk(active: true)))
        }
    }

    @Test(arguments: Broker.all) func `confirms count from the select on, and a return comes before its confirm`(broker: Broker)
        async throws
    {
        try await self.withQueue(on: broker, []) { client, queue in
            try client.publish([0], key: queue)
            _ = try await client.call(.confirmSelect(ConfirmSelect()))
            try client.publish([1], key: queue)
            #expect(try await client.nextMethod() == .basicAck(BasicAck(deliveryTag: 1)))
            try client.publish([2], key: "nowhere-\(queue)", mandatory: true)
            let returned = try await client.nextContent()
            #expect(
                returned.method
                    == .basicReturn(
                        BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "", routingKey: "nowhere-\(queue)")))
            #expect(returned.body == [2])
            #expect(try await client.nextMethod() == .basicAck(BasicAck(deliveryTag: 2)))
            #expect(try await client.depth(of: queue) == 2)
        }
    }

    @Test(arguments: Broker.all) func `all publishes are confirmed, each once, one by one or several together`(broker: Broker) async throws
    {
        try await self.withQueue(on: broker, []) { client, queue in
            _ = try await client.call(.confirmSelect(ConfirmSelect()))
            for number in 0..<500 { try client.publish([UInt8(truncatingIfNeeded: number)], key: queue) }
            var open = Set(1...500 as ClosedRange<UInt64>)
            while !open.isEmpty {
                guard case .basicAck(let ack) = try await client.nextMethod() else { throw WireClient.Unexpected(description: "no ack") }
                #expect(open.contains(ack.deliveryTag))
                if ack.multiple { open = open.filter { $0 > ack.deliveryTag } } else { open.remove(ack.deliveryTag) }
            }
            #expect(try await client.depth(of: queue) == 500)
        }
    }
}
