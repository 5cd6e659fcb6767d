// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// Replies without a queue (`amq.rabbitmq.reply-to`).
@Suite(.timeLimit(.minutes(2))) struct DirectReplyTests {
    private let address = "amq.rabbitmq.reply-to"

    @Test(arguments: Broker.all) func `a reply goes straight to the channel that asked`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            let answer = try await client.call(.basicConsume(BasicConsume(queue: self.address, consumerTag: "replies", noAck: true)))
            #expect(answer == .basicConsumeOk(BasicConsumeOk(consumerTag: "replies")))
            try client.publish([1], key: queue, properties: AMQPProperties(correlationID: "c", replyTo: self.address))
            try await broker.withChannel { server in
                // The queue is the asking connection's own: another connection cannot take from it, so the client looks itself.
                try client.send(.basicGet(BasicGet(queue: queue, noAck: true)))
                let replyTo = try #require(try await client.nextContent().properties.replyTo)
                #expect(replyTo.hasPrefix("amq.rabbitmq.reply-to."))
                #expect(try await server.declareQueue(replyTo, passive: true).consumerCount == 1)
                try await server.publisher().publish([2], properties: AMQPProperties(correlationID: "c"), to: .queue(replyTo))
                let reply = try await client.nextContent()
                #expect(reply.body == [2])
                #expect(reply.properties.correlationID == "c")
                guard case .basicDeliver(let deliver) = reply.method else { throw WireClient.Unexpected(description: "\(reply)") }
                #expect(deliver.consumerTag == "replies")
                #expect(deliver.exchange == "")
                #expect(deliver.routingKey == replyTo)
            }
        }
    }

    @Test(arguments: Broker.all) func `replies are not acknowledged`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            try client.send(.basicConsume(BasicConsume(queue: self.address, consumerTag: "r")))
            #expect(try await client.nextClose().text == "PRECONDITION_FAILED - reply consumer cannot acknowledge")
        }
    }

    @Test(arguments: Broker.all) func `a channel waits for its replies once`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            _ = try await client.call(.basicConsume(BasicConsume(queue: self.address, consumerTag: "one", noAck: true)))
            try client.send(.basicConsume(BasicConsume(queue: self.address, consumerTag: "two", noAck: true)))
            #expect(try await client.nextClose().text == "PRECONDITION_FAILED - reply consumer already set")
        }
    }

    @Test(arguments: Broker.all) func `who does not wait for replies cannot ask for them`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            try client.publish([1], key: "q", properties: AMQPProperties(replyTo: self.address))
            let close = try await client.nextClose()
            #expect(close.text == "PRECONDITION_FAILED - fast reply consumer does not exist")
            #expect(close.method == BasicPublish.id)
        }
    }

    @Test(arguments: Broker.all) func `a reply that nobody waits for any more is lost, and harms nobody`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            _ = try await client.call(.basicConsume(BasicConsume(queue: self.address, consumerTag: "replies", noAck: true)))
            try client.publish([1], key: queue, properties: AMQPProperties(replyTo: self.address))
            try client.send(.basicGet(BasicGet(queue: queue, noAck: true)))
            let replyTo = try #require(try await client.nextContent().properties.replyTo)
            _ = try await client.call(.basicCancel(BasicCancel(consumerTag: "replies")))
            try await broker.withChannel { channel in
                #expect(await errorCode { try await channel.declareQueue(replyTo, passive: true) } == .notFound)
            }
            try await broker.withChannel { try await $0.publisher().publish([2], to: .queue(replyTo)) }
            #expect(try await client.call(.channelFlow(ChannelFlow(active: true))) == .channelFlowOk(ChannelFlowOk(active: true)))
        }
    }
}
