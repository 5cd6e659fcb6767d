// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

/// What becomes of publishes when their connection is lost.
@Suite struct PublishRecoveryTests {
    private func publish(_ numbers: ClosedRange<UInt8>, on publisher: AMQPPublisher) async -> [UInt8: AMQPError?] {
        await withTaskGroup(of: (UInt8, AMQPError?).self) { group in
            for number in numbers {
                // Each is at the broker, or waits, before the next: the order is what is tested.
                let sent = Signal()
                group.addTask {
                    async let outcome: AMQPError? = {
                        do throws(AMQPError) {
                            let properties = AMQPProperties(messageID: "id-\(number)")
                            try await publisher.publish([number], properties: properties, to: .queue("q"), mandatory: true)
                            return nil
                        } catch {
                            return error
                        }
                    }()
                    sent.send()
                    return (number, await outcome)
                }
                await sent.wait()
            }
            var outcomes: [UInt8: AMQPError?] = [:]
            for await (number, error) in group { outcomes[number] = error }
            return outcomes
        }
    }

    @Test func `what was not confirmed is sent again with its message id, and its calls succeed`() async throws {
        let conversation = Conversation.recovering()
        let outcome = try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openPublisher()
                var sent: [ScriptedBroker.Published] = []
                for _ in 0..<3 { sent.append(try await first.nextMessage()) }
                try first.ack(2)
                first.lose()
                let second = try await brokers.reopen()
                try await second.openPublisher()
                #expect(try await second.nextMessage() == sent[0])
                #expect(try await second.nextMessage() == sent[2])
                try second.ack(2, multiple: true)
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher(window: 10)
                    return await self.publish(1...3, on: publisher)
                }
            })
        #expect(outcome.values.allSatisfy { $0 == nil })
        #expect(outcome.count == 3)
    }

    @Test func `nothing is sent again before every channel is back, because a broker that is short of memory reads no further`()
        async throws
    {
        let conversation = Conversation.recovering()
        let outcome = try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openPublisher(1)
                try await first.openConsumer(2)
                let message = try await first.nextMessage()
                first.lose()
                let second = try await brokers.reopen()
                #expect(try await second.nextMethod(on: 1) == .channelOpen(ChannelOpen()))
                #expect(try await second.nextMethod(on: 2) == .channelOpen(ChannelOpen()))
                try second.send(.channelOpenOk(ChannelOpenOk()), on: 1)
                try await second.answer(with: .confirmSelectOk(ConfirmSelectOk()), on: 1)
                try second.send(.channelOpenOk(ChannelOpenOk()), on: 2)
                // A message before these would be no frame of channel 2.
                try await second.startConsumer(on: 2)
                #expect(try await second.nextMessage() == message)
                try second.ack(1)
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { publishing in
                    let publisher = try await publishing.publisher()
                    return try await connection.withChannel { consuming in
                        try await consuming.withDeliveries(from: "q", prefetch: 5) { _ in await self.publish(1...1, on: publisher) }
                    }
                }
            })
        #expect(outcome == [1: nil])
    }

    @Test func `what waited goes after what is sent again, within the window`() async throws {
        let conversation = Conversation.recovering()
        let outcome = try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openPublisher()
                var sent: [UInt8] = [try await first.nextMessage().body[0], try await first.nextMessage().body[0]]
                first.lose()
                let second = try await brokers.reopen()
                try await second.openPublisher()
                #expect(try await second.nextMessage().body == [sent[0]])
                #expect(try await second.nextMessage().body == [sent[1]])
                try second.ack(1)
                sent.append(try await second.nextMessage().body[0])
                try second.ack(3, multiple: true)
                #expect(sent.sorted() == [1, 2, 3])
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher(window: 2)
                    return await self.publish(1...3, on: publisher)
                }
            })
        #expect(outcome.values.allSatisfy { $0 == nil })
    }

    @Test func `where nothing is to be sent again, the calls of what was sent fail as unknown, and what waited is sent`() async throws {
        let conversation = Conversation.recovering { $0.recovery?.unconfirmedPublishes = .fail }
        let outcome = try await conversation.runThroughLosses(
            broker: { brokers in
                let first = try await brokers.open()
                try await first.openPublisher()
                _ = try await first.nextMessage()
                first.lose()
                let second = try await brokers.reopen()
                try await second.openPublisher()
                _ = try await second.nextMessage()
                try second.ack(1)
                try await second.serveUntilClosed()
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let publisher = try await channel.publisher(window: 1)
                    return await self.publish(1...2, on: publisher)
                }
            })
        let errors = outcome.values.compactMap { $0 }
        #expect(errors.map(\.code) == [.connectionLost])
        #expect(errors.first?.isDeliveryFateUnknown == true)
    }
}
