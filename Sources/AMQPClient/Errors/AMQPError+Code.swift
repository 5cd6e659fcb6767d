// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension AMQPError {
    /// The kind of failure; a struct, so that a later release can add one without breaking a `switch`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String {
            case invalidConfiguration, invalidArgument
            case connectFailed, authenticationFailed, handshakeFailed
            case connectionLost, connectionClosed, protocolViolation, channelLimitReached
            case channelClosed, accessRefused, notFound, resourceLocked, preconditionFailed, messageTooLarge
            case wrongChannelMode, timedOut, cancelled, returned, nacked, consumerCancelled, deliverySettled
        }

        private let kind: Kind

        private init(_ kind: Kind) { self.kind = kind }

        /// A URI that does not parse, or a setting outside its range.
        public static let invalidConfiguration = Code(.invalidConfiguration)
        /// An argument that cannot be sent: a name over 255 bytes, headers over the frame size, a prefetch of zero.
        public static let invalidArgument = Code(.invalidArgument)

        /// No stream to the broker could be made; ``AMQPError/transportError`` says why.
        public static let connectFailed = Code(.connectFailed)
        /// The broker refused the credentials, or does not offer their mechanism.
        public static let authenticationFailed = Code(.authenticationFailed)
        /// The peer speaks another version or protocol, or its terms cannot be met.
        public static let handshakeFailed = Code(.handshakeFailed)

        /// The connection broke off, or the peer fell silent for two heartbeat intervals.
        public static let connectionLost = Code(.connectionLost)
        /// The connection was closed in order: by the broker, with a reply code, or by this side.
        public static let connectionClosed = Code(.connectionClosed)
        /// The peer broke the protocol; the connection was closed for it.
        public static let protocolViolation = Code(.protocolViolation)
        /// As many channels are open as the broker and the configuration allow.
        public static let channelLimitReached = Code(.channelLimitReached)

        /// The channel was closed: by the broker, for a reason that has no code of its own here, or by this side.
        public static let channelClosed = Code(.channelClosed)
        /// The user may not do this, or may not enter the virtual host (reply codes 403 and 530).
        public static let accessRefused = Code(.accessRefused)
        /// The queue or exchange does not exist (reply code 404).
        public static let notFound = Code(.notFound)
        /// Another connection holds the queue exclusively (reply code 405).
        public static let resourceLocked = Code(.resourceLocked)
        /// The queue or exchange exists and is declared otherwise, or is in use (reply code 406).
        public static let preconditionFailed = Code(.preconditionFailed)
        /// A message came whose body is longer than ``AMQPConfiguration/maximumBodyBytes``; the channel was closed for it.
        public static let messageTooLarge = Code(.messageTooLarge)

        /// The channel cannot do this beside what it does: confirms, transactions and requests have each a channel of their own.
        public static let wrongChannelMode = Code(.wrongChannelMode)
        /// The handshake, the broker's answer or a confirm was not complete in time.
        public static let timedOut = Code(.timedOut)
        /// The task that waited was cancelled.
        public static let cancelled = Code(.cancelled)
        /// No queue took the message, which was published as mandatory; ``AMQPError/returnedMessage`` says where it was meant to go.
        public static let returned = Code(.returned)
        /// The broker refused to take the message (`basic.nack`), as a full queue does.
        public static let nacked = Code(.nacked)
        /// The broker ended the consumer, because its queue was deleted or has moved.
        public static let consumerCancelled = Code(.consumerCancelled)
        /// The delivery was acknowledged or rejected before, is acknowledged automatically, or was taken back by the broker.
        public static let deliverySettled = Code(.deliverySettled)

        /// The code's name.
        public var description: String { self.kind.rawValue }
    }
}
