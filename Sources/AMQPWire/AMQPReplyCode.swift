// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The code with which a peer says how something ended, in a close or a returned message.
///
/// The names are those of the specification's constants; a code it does not define is kept as it came.
public struct AMQPReplyCode: RawRepresentable, Hashable, Sendable {
    /// The code as it stands on the wire.
    public var rawValue: UInt16

    /// Makes a code of any number.
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 200: it went well.
    public static let replySuccess = AMQPReplyCode(rawValue: 200)
    /// 311: the content is too large for the peer just now; closes the channel.
    public static let contentTooLarge = AMQPReplyCode(rawValue: 311)
    /// 312: no queue takes the mandatory message; an addition of RabbitMQ, in `basic.return`.
    public static let noRoute = AMQPReplyCode(rawValue: 312)
    /// 313: no consumer is ready for the immediate message.
    public static let noConsumers = AMQPReplyCode(rawValue: 313)
    /// 320: an operator closed the connection, or the server goes down.
    public static let connectionForced = AMQPReplyCode(rawValue: 320)
    /// 402: the virtual host is not known; closes the connection.
    public static let invalidPath = AMQPReplyCode(rawValue: 402)
    /// 403: the user may not do this; closes the channel, or the connection while it is being opened.
    public static let accessRefused = AMQPReplyCode(rawValue: 403)
    /// 404: the exchange, queue or other thing is not there; closes the channel.
    public static let notFound = AMQPReplyCode(rawValue: 404)
    /// 405: the queue is another connection's alone; closes the channel.
    public static let resourceLocked = AMQPReplyCode(rawValue: 405)
    /// 406: something is not as the method presupposes, such as a declaration that differs; closes the channel.
    public static let preconditionFailed = AMQPReplyCode(rawValue: 406)
    /// 501: a frame could not be decoded; closes the connection.
    public static let frameError = AMQPReplyCode(rawValue: 501)
    /// 502: a field has a value that it may not have; closes the connection.
    public static let syntaxError = AMQPReplyCode(rawValue: 502)
    /// 503: a method came where it may not come; closes the connection.
    public static let commandInvalid = AMQPReplyCode(rawValue: 503)
    /// 504: the channel is not open; closes the connection.
    public static let channelError = AMQPReplyCode(rawValue: 504)
    /// 505: a frame came where it may not come; closes the connection.
    public static let unexpectedFrame = AMQPReplyCode(rawValue: 505)
    /// 506: the server lacks resources; closes the connection.
    public static let resourceError = AMQPReplyCode(rawValue: 506)
    /// 530: the server's rules forbid it; closes the connection.
    public static let notAllowed = AMQPReplyCode(rawValue: 530)
    /// 540: the peer does not implement it; closes the connection.
    public static let notImplemented = AMQPReplyCode(rawValue: 540)
    /// 541: the peer failed inside; closes the connection.
    public static let internalError = AMQPReplyCode(rawValue: 541)

    /// Whether the specification makes this a hard error, which closes the connection and not the channel alone.
    public var closesConnection: Bool {
        switch self {
        case .connectionForced, .invalidPath, .frameError, .syntaxError, .commandInvalid, .channelError, .unexpectedFrame, .resourceError,
            .notAllowed, .notImplemented, .internalError:
            true
        default: false
        }
    }
}

extension AMQPReplyCode: CustomStringConvertible {
    /// The number and, where the specification has one, the name: `404 not-found`.
    public var description: String {
        guard let name = self.name else { return String(self.rawValue) }
        return "\(self.rawValue) \(name)"
    }

    private var name: StaticString? {
        switch self {
        case .replySuccess: "reply-success"
        case .contentTooLarge: "content-too-large"
        case .noRoute: "no-route"
        case .noConsumers: "no-consumers"
        case .connectionForced: "connection-forced"
        case .invalidPath: "invalid-path"
        case .accessRefused: "access-refused"
        case .notFound: "not-found"
        case .resourceLocked: "resource-locked"
        case .preconditionFailed: "precondition-failed"
        case .frameError: "frame-error"
        case .syntaxError: "syntax-error"
        case .commandInvalid: "command-invalid"
        case .channelError: "channel-error"
        case .unexpectedFrame: "unexpected-frame"
        case .resourceError: "resource-error"
        case .notAllowed: "not-allowed"
        case .notImplemented: "not-implemented"
        case .internalError: "internal-error"
        default: nil
        }
    }
}
