// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import CoreMetrics

/// What is left to do when the connection's lock is free again: wake those who wait, count, and log.
struct Aftermath {
    /// One who waits for the connection to be open, or closed.
    typealias ConnectContinuation = Suspension<AMQPError?>

    /// One who waits for something that it looks at itself when it is woken.
    typealias Wakeup = Suspension<Void>

    /// What is worth a line in the log.
    enum Event {
        case blocked(reason: String)
        case unblocked
        case channelEnded(UInt16, AMQPError)
        case ended(AMQPError)
        case lost(AMQPError)
        case attemptFailed(AMQPError)
        case recovered(RecoveryStateMachine.Summary)
        case notRecovered(String, AMQPError)
        case republished(Int)
        case staleSettlement(UInt16)
    }

    private var replies: [(ChannelRecord.ReplyContinuation, Result<AMQPMethod, AMQPError>)] = []
    private var publishes: [(PublishWaiter.Continuation, AMQPError?)] = []
    private var deliveries: [(ChannelRecord.DeliveryContinuation, Result<DeliveredMessage?, AMQPError>)] = []
    private var connects: [(ConnectContinuation, AMQPError?)] = []
    private var wakeups: [Wakeup] = []
    private(set) var events: [Event] = []
    var deliveryCount = 0
    var lateReplyCount = 0
    var confirmedCount = 0
    private var returnedCount = 0
    private var nackedCount = 0

    mutating func report(_ event: Event) { self.events.append(event) }

    mutating func resume(_ continuation: ChannelRecord.ReplyContinuation?, with result: Result<AMQPMethod, AMQPError>) {
        if let continuation { self.replies.append((continuation, result)) }
    }

    mutating func count(_ error: AMQPError) {
        switch error.code {
        case .returned: self.returnedCount += 1
        case .nacked: self.nackedCount += 1
        default: break
        }
    }

    mutating func finish(_ publish: (PublishWaiter.Continuation, AMQPError?)?) {
        if let publish { self.publishes.append(publish) }
    }

    mutating func resume(_ continuation: ChannelRecord.DeliveryContinuation?, with result: Result<DeliveredMessage?, AMQPError>) {
        if let continuation { self.deliveries.append((continuation, result)) }
    }

    mutating func resume(_ continuation: ConnectContinuation?, failing error: AMQPError?) {
        if let continuation { self.connects.append((continuation, error)) }
    }

    mutating func wake(_ wakeup: Wakeup?) {
        if let wakeup { self.wakeups.append(wakeup) }
    }

    /// Wakes those who wait, and counts; to be called once, without the lock.
    func carryOut(_ metrics: AMQPMetrics) {
        if self.confirmedCount > 0 { metrics.confirmed.increment(by: self.confirmedCount) }
        if self.returnedCount > 0 { metrics.returned.increment(by: self.returnedCount) }
        if self.nackedCount > 0 { metrics.nacked.increment(by: self.nackedCount) }
        if self.lateReplyCount > 0 { metrics.lateReplies.increment(by: self.lateReplyCount) }
        if self.deliveryCount > 0 { metrics.deliveries.increment(by: self.deliveryCount) }
        for (continuation, error) in self.publishes { continuation.resume(returning: error) }
        for (continuation, result) in self.replies { continuation.resume(returning: result) }
        for (continuation, result) in self.deliveries { continuation.resume(returning: result) }
        for (continuation, error) in self.connects { continuation.resume(returning: error) }
        for continuation in self.wakeups { continuation.resume() }
    }
}
