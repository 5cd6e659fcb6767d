// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why a connection, a channel or a single request came to its end, as the state machines tell it.
package enum AMQPFailure: Error, Hashable, Sendable {
    // The handshake

    /// The peer speaks another version of the protocol.
    case versionNotSupported(AMQPProtocolVersion)
    /// The broker does not offer the mechanism that the credentials are for.
    case mechanismNotOffered(String, offered: String)
    /// The broker refused the credentials: with a reason, or by closing the stream on them without a word.
    case authenticationRefused(reason: String?)
    /// The mechanism has nothing to answer.
    case authenticationAbandoned(AMQPAuthenticationError)
    /// The peer does not speak the protocol.
    case handshakeViolation(ProtocolViolation)
    /// The broker's terms cannot be met.
    case tuningNotAcceptable(String)
    /// The peer closed the stream when it had this side's limits and virtual host, without a word.
    case limitsNotAnswered
    /// The handshake was not complete in time.
    case handshakeTimedOut

    // The connection

    /// The broker closed the connection.
    case connectionClosedByPeer(PeerClose)
    /// This side closed the connection.
    case connectionClosed
    /// The stream ended without a word.
    case streamEnded
    /// Nothing came from the peer for two heartbeat intervals.
    case peerSilent(seconds: Int)
    /// The peer broke the protocol.
    case violation(ProtocolViolation)
    /// Every channel number is in use.
    case channelsExhausted(maximum: UInt16)

    // A channel

    /// The broker closed the channel.
    case channelClosedByPeer(PeerClose)
    /// This side closed the channel.
    case channelClosed
    /// A message came with a longer body than this side takes; the channel was closed for it.
    case bodyTooLarge(bytes: UInt64, maximum: Int)

    // A request

    /// A name or a table is longer than the protocol, or the negotiated frame, has room for.
    case notEncodable(AMQPWireError)
    /// The answer did not come in time.
    case timedOut
    /// The one who asked did not wait.
    case cancelled
    /// The channel is in confirm mode and the message wants none, or the mode was asked for while such messages waited.
    case confirmModeMixed
    /// The channel is one of transactions, which has no confirms.
    case transactionalChannel
    /// The channel has a transaction already.
    case transactionRunning
    /// The transaction was lost with its connection, and is rolled back.
    case transactionLost
    /// The channel is one of transactions, and none is running.
    case transactionMissing
    /// The broker refused to take the message.
    case nacked
    /// No queue took the message.
    case returned(ReturnedMessage)
    /// Replies come to the channel already.
    case requesterRunning
    /// The requester has ended before the reply came.
    case requesterEnded
    /// A consumer of the channel has the tag.
    case consumerTagInUse
    /// The broker ended the consumer, because its queue is gone or has moved.
    case consumerCancelledByPeer
    /// The delivery was settled before, by whoever was to do so, or the broker has taken it back.
    case deliverySettled
}
