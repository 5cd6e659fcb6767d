// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient

extension Breach {
    private static let deliver = AMQPMethod.basicDeliver(
        BasicDeliver(consumerTag: "lamassu-1", deliveryTag: 1, exchange: "", routingKey: "q"))

    private static func header(size: UInt64, on channel: UInt16 = 1) throws -> [UInt8] {
        var payload: [UInt8] = []
        try AMQPContentHeader(bodySize: size).encode(into: &payload)
        return RawFrame.bytes(2, on: channel, payload)
    }

    /// Frames that are well formed and come where they may not.
    static func contents() throws -> [Breach] {
        [
            try Breach("a header without its method", .unexpectedFrame, "a content header without its method") { try self.header(size: 1) },
            Breach("a body without its header", .unexpectedFrame, "a body without its header") { RawFrame.bytes(3, [1]) },
            try Breach("a body before its header", .unexpectedFrame, "a body without its header") {
                try encoded(self.deliver) + RawFrame.bytes(3, [1])
            },
            try Breach("a second header", .unexpectedFrame, "a content header without its method") {
                try encoded(self.deliver) + self.header(size: 2) + self.header(size: 2)
            },
            try Breach("a method instead of a header", .unexpectedFrame, "a method within a content") {
                try encoded(self.deliver) + encoded(self.deliver)
            },
            try Breach("a method within a body", .unexpectedFrame, "a method within a content") {
                try encoded(self.deliver) + self.header(size: 2) + RawFrame.bytes(3, [1]) + encoded(.basicAck(BasicAck(deliveryTag: 1)))
            },
            try Breach("a body longer than its header says", .unexpectedFrame, "a body longer than its header says") {
                try encodedDelivery(1, size: 2, parts: [[1], [2, 3]])
            },
            try Breach("a body behind an empty one", .unexpectedFrame, "a body without its header") {
                try encodedDelivery(1, size: 0, parts: [[1]])
            },
            try Breach("a content on channel 0", .unexpectedFrame, "a content on channel 0") { try self.header(size: 1, on: 0) },
            Breach("a body on channel 0", .unexpectedFrame, "a content on channel 0") { RawFrame.bytes(3, on: 0, [1]) },
            try Breach("a body on another channel than its header", .channelError, "channel 3, which is not open") {
                try encoded(self.deliver) + self.header(size: 1) + RawFrame.bytes(3, on: 3, [1])
            },
            try Breach("a delivery on a channel that is not open", .channelError, "channel 2, which is not open") {
                try encodedDelivery(1, on: 2)
            },
            try Breach("a delivery for nobody", .commandInvalid, "a consumer that is not there") { try encodedDelivery(1, to: "stranger") },
            try Breach("a delivery tag twice", .commandInvalid, "a delivery with tag 1 behind one with tag 1") {
                try encodedDelivery(1) + encodedDelivery(1)
            },
            try Breach("delivery tags that go down", .commandInvalid, "a delivery with tag 8 behind one with tag 9") {
                try encodedDelivery(9) + encodedDelivery(8)
            },
            try Breach("a tag behind the greatest", .commandInvalid, "a delivery with tag 0 behind one with tag 18446744073709551615") {
                try encodedDelivery(.max) + encodedDelivery(0)
            },
            try Breach("a message that nobody asked for", .commandInvalid, "a message that was not asked for") {
                try encoded(.basicGetOk(BasicGetOk(deliveryTag: 1, exchange: "", routingKey: "q", messageCount: 0)))
            },
            try Breach("a return of nothing that was sent", .commandInvalid, "a return of a message that is not in flight") {
                let method = BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: "", routingKey: "q")
                return try encoded(.basicReturn(method)) + self.header(size: 0)
            },
        ]
    }

    private static func answer(_ name: String, _ text: String, _ method: AMQPMethod, on channel: UInt16 = 1) throws -> Breach {
        try Breach(name, .commandInvalid, text) { try encoded(method, on: channel) }
    }

    private static func unasked(_ name: String, _ method: AMQPMethod, on channel: UInt16 = 1) throws -> Breach {
        let text = channel == 0 ? "a method that makes no sense at this point" : "a method that answers nothing"
        return try Breach(name, .commandInvalid, text) { try encoded(method, on: channel) }
    }

    /// Methods that answer nothing, or that no broker sends; one message was published and confirmed before.
    static func methods() throws -> [Breach] {
        let start = ConnectionStart(serverProperties: [:], mechanisms: "PLAIN", locales: "en_US")
        return [
            try self.answer("a confirm of what was not sent", "delivery tag 2, which was not sent", .basicAck(BasicAck(deliveryTag: 2))),
            try self.answer("a confirm without a tag", "delivery tag 0, which was not sent", .basicAck(BasicAck(deliveryTag: 0))),
            try self.answer(
                "a confirm of all up to the greatest tag", "which was not sent", .basicAck(BasicAck(deliveryTag: .max, multiple: true))),
            try self.answer("a second confirm", "a second confirm of delivery tag 1", .basicAck(BasicAck(deliveryTag: 1))),
            try self.answer(
                "a refusal of what was confirmed", "a second confirm of delivery tag 1", .basicNack(BasicNack(deliveryTag: 1))),
            try self.unasked("queue.declare-ok", .queueDeclareOk(QueueDeclareOk(queue: "q", messageCount: 0, consumerCount: 0))),
            try self.unasked("queue.purge-ok", .queuePurgeOk(QueuePurgeOk(messageCount: 0))),
            try self.unasked("basic.consume-ok", .basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1"))),
            try self.unasked("basic.cancel-ok", .basicCancelOk(BasicCancelOk(consumerTag: "lamassu-1"))),
            try self.unasked("basic.qos-ok", .basicQosOk(BasicQosOk())),
            try self.unasked("confirm.select-ok", .confirmSelectOk(ConfirmSelectOk())),
            try self.unasked("tx.commit-ok", .txCommitOk(TxCommitOk())),
            try self.unasked("a second channel.open-ok", .channelOpenOk(ChannelOpenOk())),
            try self.unasked("channel.close-ok", .channelCloseOk(ChannelCloseOk())),
            try self.unasked("a client's queue.declare", .queueDeclare(QueueDeclare(queue: "q"))),
            try self.unasked("a client's basic.publish", .basicPublish(BasicPublish(exchange: "", routingKey: "q"))),
            try self.unasked("connection.close on a channel", .connectionClose(ConnectionClose(replyCode: .internalError, replyText: ""))),
            try self.unasked("a second connection.start", .connectionStart(start), on: 0),
            try self.unasked("a second connection.tune", .connectionTune(ConnectionTune(channelMax: 1, frameMax: 1, heartbeat: 1)), on: 0),
            try self.unasked("a second connection.open-ok", .connectionOpenOk(ConnectionOpenOk()), on: 0),
            try self.unasked("connection.secure", .connectionSecure(ConnectionSecure(challenge: [1])), on: 0),
            try self.unasked("connection.close-ok", .connectionCloseOk(ConnectionCloseOk()), on: 0),
            try self.answer(
                "connection.update-secret-ok", "an answer to a new secret that was not sent",
                .connectionUpdateSecretOk(ConnectionUpdateSecretOk()), on: 0),
            try self.unasked("a client's connection.open", .connectionOpen(ConnectionOpen(virtualHost: "/")), on: 0),
            try self.unasked("basic.ack on channel 0", .basicAck(BasicAck(deliveryTag: 1)), on: 0),
            try self.unasked("channel.close on channel 0", .channelClose(ChannelClose(replyCode: .notFound, replyText: "")), on: 0),
        ]
    }
}
