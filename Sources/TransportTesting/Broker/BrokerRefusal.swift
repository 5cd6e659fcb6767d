// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// Why the broker refuses what a client asked for, in the words of RabbitMQ.
struct BrokerRefusal: Error, Equatable {
    var replyCode: AMQPReplyCode
    /// RabbitMQ's text: the code's name, a dash, and what is wrong.
    var replyText: String

    init(_ replyCode: AMQPReplyCode, _ explanation: String) {
        self.replyCode = replyCode
        self.replyText = Self.shortened("\(Self.name(of: replyCode)) - \(explanation)")
    }

    /// Whether the whole connection ends, and not the channel alone (specification, section 1.2).
    var isConnectionError: Bool {
        switch self.replyCode {
        case .contentTooLarge, .noRoute, .noConsumers, .accessRefused, .notFound, .resourceLocked, .preconditionFailed: false
        default: true
        }
    }

    static func name(of code: AMQPReplyCode) -> String {
        switch code {
        case .contentTooLarge: "CONTENT_TOO_LARGE"
        case .noRoute: "NO_ROUTE"
        case .noConsumers: "NO_CONSUMERS"
        case .connectionForced: "CONNECTION_FORCED"
        case .invalidPath: "INVALID_PATH"
        case .accessRefused: "ACCESS_REFUSED"
        case .notFound: "NOT_FOUND"
        case .resourceLocked: "RESOURCE_LOCKED"
        case .preconditionFailed: "PRECONDITION_FAILED"
        case .frameError: "FRAME_ERROR"
        case .syntaxError: "SYNTAX_ERROR"
        case .commandInvalid: "COMMAND_INVALID"
        case .channelError: "CHANNEL_ERROR"
        case .unexpectedFrame: "UNEXPECTED_FRAME"
        case .resourceError: "RESOURCE_ERROR"
        case .notAllowed: "NOT_ALLOWED"
        case .notImplemented: "NOT_IMPLEMENTED"
        default: "INTERNAL_ERROR"
        }
    }

    /// A text that fits a short string: a longer one is cut between two characters, and says so.
    static func shortened(_ text: String) -> String {
        guard text.utf8.count > 255 else { return text }
        var cut = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += scalar.utf8.count
            guard count <= 252 else { break }
            cut.unicodeScalars.append(scalar)
        }
        return cut + "..."
    }
}
