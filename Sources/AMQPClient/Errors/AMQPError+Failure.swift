// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Transport

extension AMQPError {
    /// What a state machine told, as the user sees it.
    init(failure: AMQPFailure) {
        switch failure {
        case .versionNotSupported(let version):
            self.init(
                .handshakeFailed,
                message: "the broker speaks AMQP \(version), this client \(AMQPProtocolVersion.current): see to host and port")
        case .mechanismNotOffered(let mechanism, let offered):
            self.init(
                .authenticationFailed,
                message: "the broker does not offer the mechanism \(mechanism), only \(offered): enable it there, or use other credentials")
        case .authenticationRefused(let reason?):
            self.init(.authenticationFailed, message: "the broker refused the credentials: \(reason)", replyCode: .accessRefused)
        case .authenticationRefused(nil):
            self.init(.authenticationFailed, message: "the broker closed the connection when it had the credentials: it refuses them")
        case .authenticationAbandoned(let error):
            self.init(.authenticationFailed, message: "the credentials cannot be shown: \(error.message)")
        case .handshakeViolation(let violation):
            self.init(.handshakeFailed, message: "the peer does not speak AMQP as a broker does: \(violation.text); see to host and port")
        case .tuningNotAcceptable(let reason):
            self.init(.handshakeFailed, message: reason)
        case .limitsNotAnswered:
            self.init(
                .connectionLost,
                message: """
                    the broker closed the connection when it had the limits, without a word: its log says why; RabbitMQ 4.1 and later \
                    takes no maximumFrameBytes below 8192
                    """)
        case .handshakeTimedOut:
            self.init(.timedOut, message: "the peer did not complete the AMQP handshake in time: is it an AMQP broker?")
        case .connectionClosedByPeer(let close):
            self.init(close.replyCode == .notAllowed ? .accessRefused : .connectionClosed, close, what: "the connection")
        case .connectionClosed:
            self.init(.connectionClosed, message: "this side has closed the connection")
        case .streamEnded:
            self.init(.connectionLost, message: "the connection broke off")
        case .peerSilent(let seconds):
            self.init(.connectionLost, message: "nothing came from the broker for \(seconds) seconds, two heartbeat intervals")
        case .violation(let violation):
            self.init(
                .protocolViolation, message: "the peer broke the protocol: \(violation.text); report it, the caller is not at fault",
                replyCode: violation.replyCode)
        case .channelsExhausted(let maximum):
            self.init(.channelLimitReached, message: "all \(maximum) channels are in use: close one, or raise the limit on both sides")
        case .channelClosedByPeer(let close):
            self.init(Self.channelCode(for: close.replyCode), close, what: "the channel")
        case .channelClosed:
            self.init(.channelClosed, message: "this side has closed the channel")
        case .bodyTooLarge(let bytes, let maximum):
            self.init(
                .messageTooLarge,
                message: "a message of \(bytes) bytes came, \(maximum) are taken: raise maximumBodyBytes, or remove it from its queue")
        case .notEncodable(let error):
            self.init(.invalidArgument, message: "it cannot be sent: \(error.message)")
        case .timedOut:
            self.init(.timedOut, message: "the broker did not answer in time")
        case .cancelled:
            self.init(.cancelled, message: "the task was cancelled")
        case .confirmModeMixed:
            self.init(
                .wrongChannelMode, message: "a channel publishes with confirms or without, not both: give each way a channel of its own")
        case .transactionalChannel:
            self.init(.wrongChannelMode, message: "the channel has transactions, which do without confirms: use another for a publisher")
        case .transactionRunning:
            self.init(.wrongChannelMode, message: "the channel has a transaction already: use another channel for one beside it")
        case .transactionLost:
            self.init(.connectionLost, message: "the transaction was lost with its connection, nothing of it has happened: run it again")
        case .transactionMissing:
            self.init(.wrongChannelMode, message: "the channel has transactions, and none is running: publish and settle within one")
        case .nacked:
            self.init(.nacked, message: "the broker refused the message: is a queue full?")
        case .returned(let message):
            self.init(
                .returned,
                message: "no queue took the message for exchange '\(message.exchange)', routing key '\(message.routingKey)': is one bound?",
                replyCode: message.replyCode,
                returnedMessage: AMQPReturnedMessage(
                    replyCode: message.replyCode, replyText: message.replyText, exchange: message.exchange,
                    routingKey: message.routingKey))
        case .consumerCancelledByPeer:
            self.init(.consumerCancelled, message: "the broker ended the consumer: its queue was deleted or has moved")
        case .requesterRunning:
            self.init(.wrongChannelMode, message: "the channel has a requester already: share it, or use another channel")
        case .requesterEnded:
            self.init(.cancelled, message: "the requester's scope has ended")
        case .consumerTagInUse:
            self.init(.invalidArgument, message: "another consumer of the channel has this tag: choose another, or nil")
        case .deliverySettled:
            self.init(.deliverySettled, message: "the delivery was settled before: here, by the broker itself, or by a recovery")
        }
    }

    /// A reply of another kind than its request asks for: the channel's machine lets none through.
    static let unexpectedReply = AMQPError(.protocolViolation, message: "the broker's reply is none to the request")

    /// What the transport told.
    init(connectFailed error: TransportError) {
        self.init(
            error.code == .cancelled ? .cancelled : .connectFailed, message: "no connection to the broker: \(error)",
            transportError: error)
    }

    /// What each endpoint told; the kind is that of one which may succeed a moment later, if any.
    init(failures: [(endpoint: AMQPEndpoint, error: AMQPError)]) {
        guard let last = failures.last else {
            self.init(.invalidConfiguration, message: "there is no endpoint to connect to")
            return
        }
        self = failures.first { $0.error.isRetryable }?.error ?? last.error
        if failures.count > 1 {
            let reasons = failures.map { "\($0.endpoint): \($0.error.message)" }.joined(separator: "; ")
            self.message = "none of the \(failures.count) brokers could be connected to: \(reasons)"
        }
    }

    /// Whether another broker of the cluster may well accept what this one did not: users and virtual hosts are the same at each.
    var isOfOneEndpoint: Bool {
        switch self.code {
        case .cancelled, .authenticationFailed, .accessRefused, .invalidConfiguration: false
        default: true
        }
    }

    /// The error of a publish that had been sent, or had not, when this happened.
    func forPublish(wasSent: Bool) -> AMQPError {
        var error = self
        error.isDeliveryFateUnknown = wasSent
        if wasSent { error.message += "; the message was sent, whether the broker took it is unknown" }
        return error
    }

    /// The error of a batch, some of whose messages were not confirmed.
    init(failedMessages: [Int: AMQPError], of count: Int) {
        // There is one; were there none, nobody would ask.
        let first = failedMessages.min { $0.key < $1.key }?.value ?? AMQPError(failure: .nacked)
        self = first
        self.message = "\(failedMessages.count) of \(count) messages were not confirmed; the first: \(first.message)"
        self.isDeliveryFateUnknown = failedMessages.values.contains { $0.isDeliveryFateUnknown }
        self.failedMessages = failedMessages
    }

    private init(_ code: Code, _ close: PeerClose, what: String) {
        self.init(
            code, message: "the broker closed \(what) with \(close.replyCode.rawValue): \(close.replyText)", replyCode: close.replyCode)
    }

    private static func channelCode(for replyCode: AMQPReplyCode) -> Code {
        switch replyCode {
        case .accessRefused: .accessRefused
        case .notFound: .notFound
        case .resourceLocked: .resourceLocked
        case .preconditionFailed: .preconditionFailed
        default: .channelClosed
        }
    }
}
