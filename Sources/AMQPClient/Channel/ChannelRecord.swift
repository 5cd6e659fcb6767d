// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// What a connection keeps for one channel: the state machine, and those who wait for its answers.
///
/// A class because the machine cannot be copied into a table. It is not `Sendable`, and never leaves the connection's lock.
final class ChannelRecord {
    /// One who waits for the reply to a method.
    typealias ReplyContinuation = Suspension<Result<AMQPMethod, AMQPError>>
    /// One who waits for a delivery, or for a message that was asked for.
    typealias DeliveryContinuation = Suspension<Result<DeliveredMessage?, AMQPError>>

    let reference: ChannelReference
    var machine: ChannelStateMachine
    var replies: [RequestID: ReplyContinuation] = [:]
    var publishes: PublishTable
    var deliveries: [RequestID: DeliveryContinuation] = [:]
    /// Whether nothing is read on account of this channel.
    var stopsReading = false

    init(reference: ChannelReference, maximumBodyBytes: Int, isKeepingPublishes: Bool = false) {
        self.reference = reference
        self.publishes = PublishTable(isKeeping: isKeepingPublishes)
        self.machine = ChannelStateMachine(maximumBodyBytes: maximumBodyBytes)
    }
}
