// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a consumer is to be started with.
package struct ConsumerRequest: Hashable, Sendable {
    /// Who acknowledges, and how.
    package enum Acknowledgement: Hashable, Sendable {
        /// The user; each acknowledgement is written at once.
        case explicit
        /// The user; acknowledgements are written when so many have come, or the first has waited so long.
        case batched(count: Int, delay: Duration)
        /// The broker, when it has sent the message.
        case automatic
    }

    package var queue: String
    /// The consumer's tag; `nil` for one that the machine makes up.
    package var consumerTag: String?
    /// How many deliveries the broker sends ahead; with automatic acknowledgement, how many may wait before reading is to stop.
    package var prefetch: UInt16
    package var exclusive: Bool
    package var acknowledgement: Acknowledgement
    package var arguments: AMQPTable
    /// Whether what comes are the replies to requests of the channel.
    package var isForReplies: Bool

    package init(
        queue: String, consumerTag: String? = nil, prefetch: UInt16, exclusive: Bool = false,
        acknowledgement: Acknowledgement = .explicit, arguments: AMQPTable = [:], isForReplies: Bool = false
    ) {
        self.queue = queue
        self.consumerTag = consumerTag
        self.prefetch = prefetch
        self.exclusive = exclusive
        self.acknowledgement = acknowledgement
        self.arguments = arguments
        self.isForReplies = isForReplies
    }

    /// The method for it, with a tag of the longest kind where the machine is to make one up.
    package var method: BasicConsume { self.method(tag: self.consumerTag ?? "lamassu-\(Int.max)") }

    func method(tag: String) -> BasicConsume {
        BasicConsume(
            queue: self.queue, consumerTag: tag, noAck: self.acknowledgement == .automatic, exclusive: self.exclusive,
            arguments: self.arguments)
    }
}
