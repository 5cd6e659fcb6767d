// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct RequesterTests {
    /// Runs with a requester and a service that returns each request's bytes in reverse order.
    private func withService(
        on broker: Broker, confirming: Bool = false, _ body: (AMQPRequester, String) async throws -> Void
    ) async throws {
        let queue = freshName("service")
        try await broker.withConnection { connection in
            try await connection.withChannel { _ = try await $0.declareQueue(queue, exclusive: true) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await connection.withChannel { channel in
                        if confirming { _ = try await channel.publisher() }
                        try await channel.withDeliveries(from: queue, prefetch: 100) { requests in
                            for try await request in requests {
                                try await request.reply(request.body.reversed())
                                try request.ack()
                            }
                        }
                    }
                }
                try await connection.withChannel { channel in
                    try await channel.withRequester { try await body($0, queue) }
                }
                group.cancelAll()
                do { try await group.waitForAll() } catch let error as AMQPError where error.code == .cancelled {}
            }
        }
    }

    @Test(arguments: Broker.all, [true, false])
    func `a request gets its reply`(broker: Broker, confirming: Bool) async throws {
        try await self.withService(on: broker, confirming: confirming) { requester, queue in
            let reply = try await requester.call([1, 2, 3], to: .queue(queue))
            #expect(reply.body == [3, 2, 1])
            #expect(try await requester.call([], to: .queue(queue)).body == [])
        }
    }

    @Test(arguments: Broker.all) func `many requests at a time get each its own reply`(broker: Broker) async throws {
        try await self.withService(on: broker) { requester, queue in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<200 as Range<UInt8> {
                    group.addTask { try await requester.call([number, 0], to: .queue(queue)).body == [0, number] }
                }
                for try await isRight in group { #expect(isRight) }
            }
        }
    }

    @Test(arguments: Broker.all) func `a request that no queue takes fails at once, and the requester goes on`(broker: Broker) async throws
    {
        try await self.withService(on: broker) { requester, queue in
            let nowhere = freshName("nowhere")
            #expect(await errorCode { try await requester.call([1], to: .queue(nowhere)) } == .returned)
            let reply = try await requester.call([1], to: .queue(queue))
            #expect(reply.body == [1])
        }
    }

    @Test(arguments: Broker.all) func `a request that nobody serves times out`(broker: Broker) async throws {
        try await broker.withChannel { channel in
            let queue = try await channel.declareQueue(exclusive: true).name
            try await channel.withRequester { requester in
                let error = try await amqpError {
                    try await requester.call([1], to: .queue(queue), timeout: .milliseconds(50))
                }
                #expect(error.code == .timedOut)
                #expect(error.isDeliveryFateUnknown)
            }
        }
    }

    @Test(arguments: Broker.all) func `a reply to a requester that is gone is dropped`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            let queue = freshName("service")
            try await connection.withChannel { service in
                try await service.declareQueue(queue, exclusive: true)
                try await connection.withChannel { channel in
                    try await channel.withRequester { requester in
                        _ = await errorCode { try await requester.call([1], to: .queue(queue), timeout: .milliseconds(50)) }
                    }
                }
                let request = try #require(try await service.get(from: queue))
                try await request.reply([2])
                try request.ack()
                #expect(try await service.depth(of: queue) == 0, "the channel is open still")
            }
        }
    }
}
