// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Metrics

/// What is left to do when the connection's lock is free again: wake those who wait, count, and log.
struct Aftermath {
    /// One who waits for the connection to be open, or closed.
    typealias ConnectContinuation = CheckedContinuation<AMQPError?, Never>

    /// What is worth a line in the log.
    enum Event {
        case opened(server: String)
        case blocked(reason: String)
        case unblocked
        case channelEnded(UInt16, AMQPError)
        case ended(AMQPError)
    }

    private var replies: [(ChannelRecord.ReplyContinuation, Result<AMQPMethod, AMQPError>)] = []
    private var confirms: [(ChannelRecord.ConfirmContinuation, AMQPError?)] = []
    private var deliveries: [(ChannelRecord.DeliveryContinuation, Result<DeliveredMessage?, AMQPError>)] = []
    private var connects: [(ConnectContinuation, AMQPError?)] = []
    private(set) var events: [Event] = []
    var deliveryCount = 0

    mutating func report(_ event: Event) { self.events.append(event) }

    mutating func resume(_ continuation: ChannelRecord.ReplyContinuation?, with result: Result<AMQPMethod, AMQPError>) {
        if let continuation { self.replies.append((continuation, result)) }
    }

    mutating func settle(_ continuation: ChannelRecord.ConfirmContinuation?, failing error: AMQPError?) {
        if let continuation { self.confirms.append((continuation, error)) }
    }

    mutating func resume(_ continuation: ChannelRecord.DeliveryContinuation?, with result: Result<DeliveredMessage?, AMQPError>) {
        if let continuation { self.deliveries.append((continuation, result)) }
    }

    mutating func resume(_ continuation: ConnectContinuation?, failing error: AMQPError?) {
        if let continuation { self.connects.append((continuation, error)) }
    }

    /// Wakes those who wait, and counts; to be called once, without the lock.
    func carryOut(_ metrics: AMQPMetrics) {
        var confirmed = 0
        for (continuation, error) in self.confirms {
            switch error?.code {
            case nil: confirmed += 1
            case .returned?: metrics.returned.increment()
            case .nacked?: metrics.nacked.increment()
            default: break
            }
            continuation.resume(returning: error)
        }
        if confirmed > 0 { metrics.confirmed.increment(by: confirmed) }
        if self.deliveryCount > 0 { metrics.deliveries.increment(by: self.deliveryCount) }
        for (continuation, result) in self.replies { continuation.resume(returning: result) }
        for (continuation, result) in self.deliveries { continuation.resume(returning: result) }
        for (continuation, error) in self.connects { continuation.resume(returning: error) }
    }
}
