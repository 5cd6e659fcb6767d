// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import CloudEvents

/// What came from a queue, whatever bus it belongs to, with the ways to settle it.
package struct IncomingEvent: Sendable {
    /// The event, or why there is none.
    package var content: Result<CloudEvent, LamassuEventsError>
    /// The routing key with which it was published.
    package var routingKey: String
    /// The broker's user who published it, as the broker has checked.
    package var userID: String?
    /// Whether it had been delivered before.
    package var isRedelivered: Bool
    /// How often it had been delivered before; `nil` where the broker does not count.
    package var deliveryCount: Int?
    /// Tells the broker that it is settled; called once at most.
    package var acknowledge: @Sendable () -> Void
    /// Puts a copy among the dead letters, with the reason, and returns when it is safe there.
    package var deadLetter: @Sendable (_ reason: String) async throws(LamassuEventsError) -> Void

    package init(
        _ content: Result<CloudEvent, LamassuEventsError>, routingKey: String = "", userID: String? = nil, isRedelivered: Bool = false,
        deliveryCount: Int? = nil, acknowledge: @escaping @Sendable () -> Void,
        deadLetter: @escaping @Sendable (_ reason: String) async throws(LamassuEventsError) -> Void
    ) {
        self.content = content
        self.routingKey = routingKey
        self.userID = userID
        self.isRedelivered = isRedelivered
        self.deliveryCount = deliveryCount
        self.acknowledge = acknowledge
        self.deadLetter = deadLetter
    }
}
