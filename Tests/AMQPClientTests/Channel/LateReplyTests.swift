// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// The reply to a call that was cancelled comes late, and is mistaken for no other's.
@Suite(.timeLimit(.minutes(1))) struct LateReplyTests {
    struct Call: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: AMQPMethod
        /// What the client sends when the reply has come.
        var aftermath: AMQPMethod?
        var run: @Sendable (AMQPChannel) async throws -> Void

        init(
            _ name: String, _ reply: AMQPMethod, aftermath: AMQPMethod? = nil, _ run: @escaping @Sendable (AMQPChannel) async throws -> Void
        ) {
            self.testDescription = name
            self.reply = reply
            self.aftermath = aftermath
            self.run = run
        }
    }

    private static let calls: [Call] = [
        Call("exchange.declare", .exchangeDeclareOk(ExchangeDeclareOk())) { try await $0.declareExchange("x", type: .direct) },
        Call("exchange.delete", .exchangeDeleteOk(ExchangeDeleteOk())) { try await $0.deleteExchange("x") },
        Call("exchange.bind", .exchangeBindOk(ExchangeBindOk())) { try await $0.bindExchange("x", to: "y") },
        Call("exchange.unbind", .exchangeUnbindOk(ExchangeUnbindOk())) { try await $0.unbindExchange("x", from: "y") },
        Call("queue.declare", .queueDeclareOk(QueueDeclareOk(queue: "q", messageCount: 0, consumerCount: 0))) {
            try await $0.declareQueue("q")
        },
        Call("queue.bind", .queueBindOk(QueueBindOk())) { try await $0.bindQueue("q", to: "x") },
        Call("queue.unbind", .queueUnbindOk(QueueUnbindOk())) { try await $0.unbindQueue("q", from: "x") },
        Call("queue.purge", .queuePurgeOk(QueuePurgeOk(messageCount: 1))) { try await $0.purgeQueue("q") },
        Call("queue.delete", .queueDeleteOk(QueueDeleteOk(messageCount: 0))) { try await $0.deleteQueue("q") },
        Call("basic.get", .basicGetEmpty(BasicGetEmpty())) { _ = try await $0.get(from: "q") },
        Call("basic.recover", .basicRecoverOk(BasicRecoverOk())) { try await $0.recover() },
        Call("confirm.select", .confirmSelectOk(ConfirmSelectOk())) { _ = try await $0.publisher() },
        Call("tx.select", .txSelectOk(TxSelectOk())) { try await $0.withTransaction { _ in } },
        Call(
            "basic.consume", .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")),
            aftermath: .basicCancel(BasicCancel(consumerTag: "lamassu-1"))
        ) { try await $0.withDeliveries(from: "q", prefetch: 1, acknowledgement: .automatic) { _ in } },
    ]

    @Test(arguments: LateReplyTests.calls)
    func `the late reply of a cancelled call is swallowed`(call: Call) async throws {
        let isSent = Signal()
        let isCancelled = Signal()
        let isAnswered = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.openChannel()
                try await broker.nextMethod(on: 1)
                isSent.send()
                await isCancelled.wait()
                try broker.send(call.reply)
                isAnswered.send()
                if let aftermath = call.aftermath { #expect(try await broker.nextMethod(on: 1) == aftermath) }
                if case .basicCancel? = call.aftermath { try broker.send(.basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1"))) }
                let reply = AMQPMethod.queuePurgeOk(QueuePurgeOk(messageCount: 7))
                #expect(try await broker.answer(with: reply) == .queuePurge(QueuePurge(queue: "next")))
            },
            client: { connection in
                try await connection.withChannel { channel in
                    let code = await withTaskGroup(of: AMQPError.Code?.self) { group in
                        group.addTask { await errorCode { try await call.run(channel) } }
                        await isSent.wait()
                        group.cancelAll()
                        return await group.next() ?? nil
                    }
                    #expect(code == .cancelled)
                    isCancelled.send()
                    await isAnswered.wait()
                    let purged = try await channel.purgeQueue("next")
                    #expect(purged == 7)
                }
            })
    }
}
