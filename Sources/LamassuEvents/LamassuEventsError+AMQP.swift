// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient

extension LamassuEventsError {
    /// What the client of the broker reported.
    init(_ error: AMQPError) {
        let code: Code =
            switch error.code {
            case .authenticationFailed, .accessRefused: .accessRefused
            case .returned: .unroutable
            case .nacked, .notFound, .preconditionFailed, .resourceLocked: .refusedByBroker
            case .invalidArgument: .encodingFailed
            case .cancelled: .cancelled
            default: error.isRefusal ? .refusedByBroker : .connectionFailed
            }
        self.init(code, message: error.message)
    }

    /// What ended a scope of the client: one of ours, or one of the client's.
    init(endOfScope error: any Error) {
        switch error {
        case let error as LamassuEventsError: self = error
        case let error as AMQPError: self.init(error)
        case is CancellationError: self.init(.cancelled, message: "the task was cancelled")
        default: self.init(.connectionFailed, message: "\(error)")
        }
    }
}

extension AMQPError {
    /// Whether the broker closed the channel because of something that was sent on it.
    var isRefusal: Bool {
        switch self.code {
        case .accessRefused, .notFound, .preconditionFailed, .resourceLocked: true
        case .channelClosed: self.replyCode != nil
        default: false
        }
    }
}
