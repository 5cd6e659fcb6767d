// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// What brokers tell in headers. Anybody can write headers: what does not have the broker's form is left out, and none of it proves anything.
extension AMQPDelivery {
    /// The deaths of the message as a dead letter, the latest first (header `x-death`); empty for one that was none.
    public var deaths: [AMQPDeath] {
        (self.properties.headers?["x-death"]?.arrayValue ?? []).compactMap(AMQPDeath.init)
    }

    /// The death by which the message first became a dead letter (headers `x-first-death-*`), which stays when later ones are added.
    ///
    /// It is the entry of ``deaths`` for that queue and reason; where there is none, it has queue, exchange and reason alone.
    public var firstDeath: AMQPDeath? {
        guard let headers = self.properties.headers, let queue = headers["x-first-death-queue"]?.stringValue,
            let reason = (headers["x-first-death-reason"]?.stringValue).map(AMQPDeath.Reason.init)
        else { return nil }
        return self.deaths.first { $0.queue == queue && $0.reason == reason }
            ?? AMQPDeath(queue: queue, exchange: headers["x-first-death-exchange"]?.stringValue ?? "", reason: reason)
    }

    /// How often a quorum queue has delivered the message before (header `x-delivery-count`); `nil` where the queue does not say.
    public var deliveryCount: Int? {
        guard let count = self.properties.headers?["x-delivery-count"]?.integerValue, count >= 0 else { return nil }
        return Int(clamping: count)
    }

    /// The message's place in its stream (header `x-stream-offset`); `nil` for a message of another kind of queue.
    ///
    /// To go on behind it later, begin with ``AMQPStreamOffset/offset(_:)`` of one more.
    public var streamOffset: UInt64? {
        self.properties.headers?["x-stream-offset"]?.integerValue.flatMap { UInt64(exactly: $0) }
    }
}
