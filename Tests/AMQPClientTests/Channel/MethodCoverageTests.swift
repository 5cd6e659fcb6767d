// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// Every method of the specification that a client may send: each is sent by a call, or for a reason by none.
@Suite(.timeLimit(.minutes(1))) struct MethodCoverageTests {
    /// What no call sends, and why.
    private static let unsent = [
        "accessRequest": "deprecated by the specification: a broker of this version has no tickets",
        "basicRecoverAsync": "deprecated by the specification for basic.recover",
        "channelFlow": "RabbitMQ closes the connection on it, with 540: the prefetch bounds deliveries",
    ]

    /// What a client may send, as the specification's chassis elements say.
    private static let possible: Set<String> = [
        "connectionStartOk", "connectionSecureOk", "connectionTuneOk", "connectionOpen",
        "connectionClose", "connectionCloseOk",
        "connectionUpdateSecret", "channelOpen", "channelFlow", "channelFlowOk", "channelClose",
        "channelCloseOk", "accessRequest",
        "exchangeDeclare", "exchangeDelete", "exchangeBind", "exchangeUnbind", "queueDeclare",
        "queueBind", "queuePurge", "queueDelete",
        "queueUnbind", "basicQos", "basicConsume", "basicCancel", "basicCancelOk", "basicPublish",
        "basicGet", "basicAck", "basicReject",
        "basicRecoverAsync", "basicRecover", "basicNack", "confirmSelect", "txSelect", "txCommit",
        "txRollback",
    ]

    /// Asks twice.
    private struct Twice: AMQPAuthenticationMechanism {
        var name: String { "TWICE" }

        func initialResponse() -> AMQPSecret { AMQPSecret([1]) }

        func response(to challenge: [UInt8]) -> AMQPSecret { AMQPSecret([2]) }
    }

    private struct Failure: Error {}

    @Test func `every method that a client may send is sent by a call, or for a reason by none`()
        async throws
    {
        var configuration = Conversation()
        configuration.configuration.credentials = .mechanism(Twice())
        configuration.configuration.recovery = nil
        let conversation = configuration
        async let names = Self.recordAll(conversation)
        let first = try await Self.useEverything(conversation)
        let sent = try await names
        #expect(first == .connectionClosed)
        #expect(sent.union(Self.unsent.keys) == Self.possible)
        #expect(sent.isDisjoint(with: Self.unsent.keys))
    }

    /// Uses the client's whole interface on one connection, which the broker closes at the end.
    private static func useEverything(_ conversation: Conversation) async throws -> AMQPError.Code? {
        await errorCode {
            try await AMQPClient.withConnection(
                to: conversation.configuration, over: conversation.transport, logger: conversation.logger
            ) { connection in
                try await connection.updateSecret("new", reason: "due")
                try await connection.withChannel { channel in
                    try await channel.declareExchange("x", type: .direct)
                    try await channel.bindExchange("x", to: "y")
                    try await channel.unbindExchange("x", from: "y")
                    try await channel.deleteExchange("x")
                    try await channel.declareQueue("q")
                    try await channel.bindQueue("q", to: "x")
                    try await channel.unbindQueue("q", from: "x")
                    try await channel.purgeQueue("q")
                    try await channel.deleteQueue("q")
                    try await channel.get(from: "q")?.ack()
                    try await channel.get(from: "q")?.nack(requeue: true)
                    try await channel.get(from: "q")?.reject(requeue: true)
                    try await channel.recover()
                    try await channel.withDeliveries(from: "q", prefetch: 1) { _ in }
                    _ = try await channel.publisher()
                }
                try await connection.withChannel { channel in
                    try await channel.withTransaction { try await $0.publish([], to: .queue("q")) }
                    do { try await channel.withTransaction { _ in throw Failure() } } catch is Failure {}
                    // The broker answers this with what a client has to answer.
                    _ = await errorCode { try await channel.deleteQueue("close") }
                }
                try await connection.withChannel { channel in
                    try await channel.withDeliveries(from: "cancel", prefetch: 1) { deliveries in
                        _ = await errorCode { for try await _ in deliveries {} }
                    }
                }
                try await connection.withChannel { _ = try await $0.deleteQueue("flow") }
                try await AMQPClient.closeAnother(like: conversation)
                try await connection.withChannel { _ = try await $0.deleteQueue("end") }
            }
        }
    }

    /// Answers all that comes on every stream, and returns what came.
    private static func recordAll(_ conversation: Conversation) async throws -> Set<String> {
        var sent: Set<String> = []
        let first = ScriptedBroker(
            stream: await conversation.transport.nextStream(), clock: conversation.clock)
        async let second: Set<String> = {
            let broker = ScriptedBroker(
                stream: await conversation.transport.nextStream(), clock: conversation.clock)
            return try await Self.record(broker)
        }()
        sent = try await Self.record(first)
        return sent.union(try await second)
    }

    private static func record(_ broker: ScriptedBroker) async throws -> Set<String> {
        var sent: Set<String> = []
        var nextTag: UInt64 = 0
        while true {
            switch await broker.stream.nextEvent() {
            case .closed, .aborted:
                broker.stream.handler.streamClosed(nil)
                return sent
            case .frame(let frame):
                switch frame.payload {
                case .protocolHeader:
                    try broker.send(
                        .connectionStart(
                            ConnectionStart(serverProperties: [:], mechanisms: "TWICE", locales: "en_US")), on: 0)
                case .method(let method):
                    sent.insert(Mirror(reflecting: method).children.first?.label ?? "")
                    if case .basicGet = method {
                        nextTag += 1
                        try broker.send(
                            BasicGetOk(deliveryTag: nextTag, exchange: "", routingKey: "q", messageCount: 0),
                            body: [], on: frame.channel)
                    }
                    for answer in Self.answers(to: method) {
                        if case .connectionClose = answer {
                            try broker.send(answer, on: 0)
                        } else {
                            try broker.send(answer, on: frame.channel)
                        }
                    }
                case .header, .body, .heartbeat: break
                }
            }
        }
    }

    private static func answers(to method: AMQPMethod) -> [AMQPMethod] {
        switch method {
        case .connectionStartOk: [.connectionSecure(ConnectionSecure(challenge: [1]))]
        case .connectionSecureOk:
            [.connectionTune(ConnectionTune(channelMax: 9, frameMax: 8_192, heartbeat: 0))]
        case .connectionOpen: [.connectionOpenOk(ConnectionOpenOk())]
        case .connectionUpdateSecret: [.connectionUpdateSecretOk(ConnectionUpdateSecretOk())]
        case .connectionClose: [.connectionCloseOk(ConnectionCloseOk())]
        case .channelOpen: [.channelOpenOk(ChannelOpenOk())]
        case .channelClose: [.channelCloseOk(ChannelCloseOk())]
        case .exchangeDeclare: [.exchangeDeclareOk(ExchangeDeclareOk())]
        case .exchangeBind: [.exchangeBindOk(ExchangeBindOk())]
        case .exchangeUnbind: [.exchangeUnbindOk(ExchangeUnbindOk())]
        case .exchangeDelete: [.exchangeDeleteOk(ExchangeDeleteOk())]
        case .queueDeclare(let declare):
            [.queueDeclareOk(QueueDeclareOk(queue: declare.queue, messageCount: 0, consumerCount: 0))]
        case .queueBind: [.queueBindOk(QueueBindOk())]
        case .queueUnbind: [.queueUnbindOk(QueueUnbindOk())]
        case .queuePurge: [.queuePurgeOk(QueuePurgeOk(messageCount: 0))]
        case .queueDelete(let delete):
            switch delete.queue {
            case "close": [.channelClose(ChannelClose(replyCode: .notFound, replyText: "as asked"))]
            case "flow":
                [.channelFlow(ChannelFlow(active: true)), .queueDeleteOk(QueueDeleteOk(messageCount: 0))]
            case "end":
                [.connectionClose(ConnectionClose(replyCode: .connectionForced, replyText: "as asked"))]
            default: [.queueDeleteOk(QueueDeleteOk(messageCount: 0))]
            }
        case .basicQos: [.basicQosOk(BasicQosOk())]
        case .basicConsume(let consume):
            [.basicConsumeOk(BasicConsumeOk(consumerTag: consume.consumerTag))]
                + (consume.queue == "cancel"
                    ? [.basicCancel(BasicCancel(consumerTag: consume.consumerTag))] : [])
        case .basicCancel(let cancel): [.basicCancelOk(BasicCancelOk(consumerTag: cancel.consumerTag))]
        case .basicRecover: [.basicRecoverOk(BasicRecoverOk())]
        case .confirmSelect: [.confirmSelectOk(ConfirmSelectOk())]
        case .txSelect: [.txSelectOk(TxSelectOk())]
        case .txCommit: [.txCommitOk(TxCommitOk())]
        case .txRollback: [.txRollbackOk(TxRollbackOk())]
        default: []
        }
    }
}

extension AMQPClient {
    /// Opens a connection beside, and closes it.
    fileprivate static func closeAnother(like conversation: Conversation) async throws {
        try await self.withConnection(
            to: conversation.configuration, over: conversation.transport, logger: conversation.logger
        ) { _ in }
    }
}
