// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AMQPWire
public import Transport

/// What went wrong with a connection, a channel, a publish or a consumer.
///
/// Two errors are equal when their codes are, so that a test can state the error it expects without its text.
public struct AMQPError: Error, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public var code: Code
    /// What happened and what to do, for a person; holds no secret.
    public var message: String
    /// The broker's reply code (AMQP 0-9-1, section 1.2), where the broker gave one.
    public var replyCode: AMQPReplyCode?
    /// What the transport reported, where it was the transport that failed.
    public var transportError: TransportError?
    /// Where the message was meant to go, where the code is ``Code/returned``.
    public var returnedMessage: AMQPReturnedMessage?
    /// Whether this is the error of a publish that had been sent and whose confirm did not come.
    ///
    /// The broker may or may not have taken the message: publish it again with the same message id, and let the consumer drop
    /// what it has seen. Where it is false, the message was not sent, or the broker has answered for it.
    public var isDeliveryFateUnknown: Bool
    /// What became of the messages of a batch that were not confirmed, by their place in it; empty for any other error.
    ///
    /// The error of the batch itself has the code of the first of them; its ``isDeliveryFateUnknown`` is true when that of any is.
    public var failedMessages: [Int: AMQPError] = [:]

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - code: the kind of failure.
    ///   - message: what happened and what to do, for a person; no secret belongs in it.
    ///   - replyCode: the broker's reply code, where it gave one.
    ///   - transportError: what the transport reported, where it failed.
    ///   - returnedMessage: where a returned message was meant to go.
    ///   - isDeliveryFateUnknown: whether a publish had been sent without a confirm.
    public init(
        _ code: Code,
        message: String,
        replyCode: AMQPReplyCode? = nil,
        transportError: TransportError? = nil,
        returnedMessage: AMQPReturnedMessage? = nil,
        isDeliveryFateUnknown: Bool = false
    ) {
        self.code = code
        self.message = message
        self.replyCode = replyCode
        self.transportError = transportError
        self.returnedMessage = returnedMessage
        self.isDeliveryFateUnknown = isDeliveryFateUnknown
    }

    /// Whether the same attempt may succeed a moment later, on a new channel or a new connection where this one is gone.
    public var isRetryable: Bool {
        switch self.code {
        case .connectFailed: self.transportError?.isRetryable ?? false
        case .connectionLost, .timedOut, .resourceLocked, .nacked, .consumerCancelled: true
        case .connectionClosed, .channelClosed:
            switch self.replyCode {
            case .contentTooLarge, .connectionForced, .resourceError, .internalError: true
            default: false
            }
        default: false
        }
    }

    /// The code and the message.
    public var description: String { "\(self.code): \(self.message)" }
}

extension AMQPError: Hashable {
    /// Compares the codes alone.
    public static func == (left: AMQPError, right: AMQPError) -> Bool { left.code == right.code }

    /// Hashes the code alone.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.code) }
}
