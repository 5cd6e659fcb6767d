// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// The beginning of every script of a channel, and the names its steps need.
enum ChannelFixture {
    static let start = MonotonicInstant.now
    static let later = ChannelFixture.start + .seconds(30)

    static func opened(maximumBodyBytes: Int = 1_000) -> ChannelStateMachine {
        var machine = ChannelStateMachine(maximumBodyBytes: maximumBodyBytes)
        _ = machine.openRequested(RequestID(0), deadline: self.later)
        _ = machine.received(.channelOpenOk(ChannelOpenOk()))
        return machine
    }

    /// An open channel in confirm mode.
    static func confirming(window: Int) -> ChannelStateMachine {
        var machine = self.opened()
        _ = machine.confirmsRequested(RequestID(0), window: window, deadline: self.later)
        _ = machine.received(.confirmSelectOk(ConfirmSelectOk()))
        return machine
    }

    /// An open channel with the consumer `lamassu-1`.
    static func consuming(
        prefetch: UInt16, acknowledgement: ConsumerRequest.Acknowledgement = .explicit
    ) -> ChannelStateMachine {
        var machine = self.opened()
        _ = machine.consumeRequested(
            RequestID(0), ConsumerRequest(queue: "q", prefetch: prefetch, acknowledgement: acknowledgement), deadline: self.later)
        if acknowledgement != .automatic { _ = machine.received(.basicQosOk(BasicQosOk())) }
        _ = machine.received(.basicConsumeOk(BasicConsumeOk(consumerTag: "lamassu-1")))
        return machine
    }

    static func declare(_ queue: String) -> AMQPMethod { .queueDeclare(QueueDeclare(queue: queue)) }

    static func declared(_ queue: String) -> AMQPMethod {
        .queueDeclareOk(QueueDeclareOk(queue: queue, messageCount: 0, consumerCount: 0))
    }

    static func close(_ code: AMQPReplyCode, _ text: String) -> AMQPMethod {
        .channelClose(ChannelClose(replyCode: code, replyText: text, classID: 50, methodID: 10))
    }

    static func isViolation(_ action: ChannelStateMachine.FrameAction) -> Bool {
        if case .violation = action { true } else { false }
    }
}

extension ChannelStateMachine {
    /// The frames of a delivery with a body of one frame.
    mutating func deliver(
        _ tag: UInt64, to consumer: String = "lamassu-1", body: [UInt8] = [1], properties: AMQPProperties = AMQPProperties()
    ) -> FrameAction {
        let method = BasicDeliver(consumerTag: consumer, deliveryTag: tag, exchange: "x", routingKey: "k")
        let first = self.received(.basicDeliver(method))
        guard first == .none else { return first }
        let second = self.received(AMQPContentHeader(bodySize: UInt64(body.count), properties: properties))
        return body.isEmpty || second != .none ? second : self.received(body: body)
    }

    /// The broker's own answer to a `basic.get`, with a body of one byte.
    mutating func give(_ tag: UInt64, remaining: UInt32 = 0) -> FrameAction {
        let method = BasicGetOk(deliveryTag: tag, exchange: "x", routingKey: "k", messageCount: remaining)
        let first = self.received(.basicGetOk(method))
        guard first == .none else { return first }
        _ = self.received(AMQPContentHeader(bodySize: 1))
        return self.received(body: [1])
    }

    /// Acknowledges a delivery; returns why it cannot be.
    mutating func acknowledge(_ tag: UInt64, at now: MonotonicInstant = ChannelFixture.start) -> AMQPFailure? {
        if case .fail(let failure) = self.settleRequested(tag, epoch: self.epoch, .acknowledge(multiple: false), at: now) {
            failure
        } else {
            nil
        }
    }

    /// The frames of a return without a body.
    mutating func bounce(exchange: String = "x", routingKey: String = "k", messageID: String?) -> FrameAction {
        let method = BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: exchange, routingKey: routingKey)
        let first = self.received(.basicReturn(method))
        guard first == .none else { return first }
        return self.received(AMQPContentHeader(bodySize: 0, properties: AMQPProperties(messageID: messageID)))
    }
}

/// The message that ``ChannelStateMachine/deliver(_:to:body:properties:)`` delivers.
func delivered(
    _ tag: UInt64, body: [UInt8] = [1], properties: AMQPProperties = AMQPProperties(), remaining: UInt32? = nil, epoch: UInt32 = 0
) -> DeliveredMessage {
    DeliveredMessage(
        deliveryTag: tag, redelivered: false, exchange: "x", routingKey: "k", remainingCount: remaining, properties: properties,
        body: body, epoch: epoch)
}
