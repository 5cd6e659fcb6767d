// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct NoWaitTests {
    @Test(arguments: Broker.all) func `what is declared without an answer is there`(broker: Broker) async throws {
        let (queue, source, target) = (freshName("queue"), freshName("source"), freshName("target"))
        try await broker.withChannel { channel in
            try await channel.noWait.declareQueue(queue, exclusive: true)
            try await channel.noWait.declareExchange(source, type: .fanout, autoDelete: true)
            try await channel.noWait.declareExchange(target, type: .fanout, autoDelete: true)
            try await channel.noWait.bindExchange(target, to: source)
            try await channel.noWait.bindQueue(queue, to: target)
            try await channel.publish([1], to: .exchange(source))
            var delivery = try await channel.get(from: queue)
            while delivery == nil { delivery = try await channel.get(from: queue) }
            try delivery?.ack()
            try await channel.noWait.unbindExchange(target, from: source)
            try await channel.noWait.deleteExchange(target)
            try await channel.noWait.purgeQueue(queue)
            try await channel.noWait.deleteQueue(queue)
            #expect(await errorCode { try await channel.declareQueue(queue, passive: true) } == .notFound)
        }
    }

    @Test(arguments: Broker.all) func `what is refused without an answer closes the channel`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.noWait.bindQueue(queue, to: freshName("nowhere"))
            #expect(await errorCode { try await channel.depth(of: queue) } == .notFound)
        }
    }
}
