// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Someone who waits and will get no answer.
package enum Waiter: Hashable, Sendable {
    /// For the reply to a method other than `basic.get`.
    case request(RequestID)
    /// For a confirm; whether the message had been sent.
    case publish(RequestID, wasSent: Bool)
    /// For a delivery, or the message of a `basic.get`.
    case delivery(RequestID)

    /// Someone who waits for what a request brings.
    init(_ id: RequestID, for request: AMQPMethod) {
        if case .basicGet = request { self = .delivery(id) } else { self = .request(id) }
    }
}
