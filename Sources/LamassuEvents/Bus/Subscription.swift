// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Who wants which events of a bus: a name that lasts, what it wants, and how its events are handled.
public struct Subscription: Hashable, Sendable {
    /// The subscriber's name, which is its queue: whoever subscribes under the same name shares that queue's events.
    public var name: String
    /// Which events it wants.
    public var filter: EventFilter
    /// How its events are handled: within which limits, and how patiently.
    public var handling: HandlingConfiguration

    /// Makes a subscription.
    ///
    /// - Parameters:
    ///   - name: the subscriber's name, which is its queue.
    ///   - filter: which events it wants; by default all.
    ///   - handling: how its events are handled.
    public init(_ name: String, filter: EventFilter = .all, handling: HandlingConfiguration = HandlingConfiguration()) {
        self.name = name
        self.filter = filter
        self.handling = handling
    }
}
