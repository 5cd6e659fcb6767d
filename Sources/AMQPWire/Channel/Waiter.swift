// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Someone who waits and will get no answer.
package enum Waiter: Hashable, Sendable {
    /// For the reply to a method.
    case request(RequestID)
    /// For a confirm; whether the message had been sent.
    case publish(RequestID, wasSent: Bool)
    /// For a delivery.
    case delivery(RequestID)
}
