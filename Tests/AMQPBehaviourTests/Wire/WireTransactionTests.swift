// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// The class `tx`: publishes and acknowledgements that take effect together.
@Suite(.timeLimit(.minutes(2))) struct WireTransactionTests {
    @Test(arguments: Broker.all) func `what is published in a transaction is there when it is committed`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            #expect(try await client.call(.txSelect(TxSelect())) == .txSelectOk(TxSelectOk()))
            for byte in [1, 2] as [UInt8] { try client.publish([byte], key: queue) }
            #expect(try await client.depth(of: queue) == 0)
            #expect(try await client.call(.txCommit(TxCommit())) == .txCommitOk(TxCommitOk()))
            try await eventually { try await client.depth(of: queue) == 2 }
            try client.publish([3], key: queue)
            #expect(try await client.call(.txRollback(TxRollback())) == .txRollbackOk(TxRollbackOk()))
            #expect(try await client.depth(of: queue) == 2)
        }
    }

    @Test(arguments: Broker.all) func `what is acknowledged in a transaction is gone when it is committed`(broker: Broker) async throws {
        try await WireClient.run(on: broker, channels: 2) { client in
            let queue = try await client.declareQueue()
            for byte in [1, 2] as [UInt8] { try client.publish([byte], key: queue) }
            _ = try await client.call(.txSelect(TxSelect()), on: 2)
            for _ in 0..<2 {
                try client.send(.basicGet(BasicGet(queue: queue)), on: 2)
                _ = try await client.nextContent(on: 2)
            }
            try client.send(.basicAck(BasicAck(deliveryTag: 1)), on: 2)
            _ = try await client.call(.txCommit(TxCommit()), on: 2)
            try client.send(.basicAck(BasicAck(deliveryTag: 2)), on: 2)
            _ = try await client.call(.txRollback(TxRollback()), on: 2)
            // The second one is unacknowledged again, and comes back with the channel's end.
            _ = try await client.call(.channelClose(ChannelClose(replyCode: .replySuccess, replyText: "", classID: 0, methodID: 0)), on: 2)
            try await eventually { try await client.depth(of: queue) == 1 }
            try client.send(.basicGet(BasicGet(queue: queue, noAck: true)))
            #expect(try await client.nextContent().body == [2])
        }
    }

    @Test(arguments: Broker.all) func `a requeue waits for the commit too`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            let queue = try await client.declareQueue()
            try client.publish([1], key: queue)
            _ = try await client.call(.txSelect(TxSelect()))
            try client.send(.basicGet(BasicGet(queue: queue)))
            _ = try await client.nextContent()
            try client.send(.basicReject(BasicReject(deliveryTag: 1, requeue: true)))
            #expect(try await client.depth(of: queue) == 0)
            _ = try await client.call(.txCommit(TxCommit()))
            try await eventually { try await client.depth(of: queue) == 1 }
        }
    }

    @Test(arguments: Broker.all) func `a message that no queue takes is returned by the commit`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            _ = try await client.call(.txSelect(TxSelect()))
            try client.publish([7], key: freshName("nowhere"), mandatory: true)
            try client.send(.txCommit(TxCommit()))
            #expect(try await client.nextContent().body == [7])
            #expect(try await client.nextMethod() == .txCommitOk(TxCommitOk()))
        }
    }

    @Test(arguments: Broker.all) func `a transaction is begun once, and again is no error`(broker: Broker) async throws {
        try await WireClient.run(on: broker) { client in
            _ = try await client.call(.txSelect(TxSelect()))
            #expect(try await client.call(.txSelect(TxSelect())) == .txSelectOk(TxSelectOk()))
            #expect(try await client.call(.txCommit(TxCommit())) == .txCommitOk(TxCommitOk()))
        }
    }
}
