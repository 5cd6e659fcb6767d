// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// Who acknowledges the deliveries of a consumer, and when the broker is told.
public struct AMQPAcknowledgement: Hashable, Sendable {
    let mode: ConsumerRequest.Acknowledgement

    /// The consumer settles each delivery, and the broker is told at once.
    public static let explicit = AMQPAcknowledgement(mode: .explicit)

    /// The consumer settles each delivery, and the broker is told of acknowledgements together, which costs both sides less.
    ///
    /// Those that follow each other go out as one `basic.ack` with the flag *multiple*; a delivery that is not acknowledged is never
    /// covered by it. They go out when so many have come, when half the prefetch has, when the first has waited so long, and before
    /// anything that depends on them: a negative acknowledgement, the end of the consumer, of the channel or of the connection.
    /// What is lost with the connection before that is delivered again.
    ///
    /// - Parameters:
    ///   - count: how many go out together, at least 1; by default 100.
    ///   - delay: how long the first waits at most, above zero; by default 100 milliseconds.
    /// - Returns: the mode.
    public static func batched(every count: Int = 100, within delay: Duration = .milliseconds(100)) -> AMQPAcknowledgement {
        AMQPAcknowledgement(mode: .batched(count: count, delay: delay))
    }

    /// The broker forgets a message when it has sent it (*no-ack*): what is lost on the way, or not taken, is lost.
    ///
    /// The broker then sends without bound. When as many deliveries wait as the prefetch says, the client stops reading from the
    /// connection until half of them are taken; meanwhile **nothing** is read: no reply, no confirm. A consumer that waits for either
    /// while it has deliveries to take belongs on a connection of its own. To settle such a delivery is
    /// ``AMQPError/Code/deliverySettled``.
    public static let automatic = AMQPAcknowledgement(mode: .automatic)

    /// Says whether the numbers are in their ranges.
    func validate() throws(AMQPError) {
        guard case .batched(let count, let delay) = self.mode else { return }
        guard count > 0, delay > .zero, delay < .seconds(1_800) else {
            throw AMQPError(
                .invalidArgument, message: "a batch of \(count) within \(delay): at least 1, and above zero up to 30 minutes, are possible")
        }
    }
}
