// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The form in which events go to the broker: for whom they are made readable.
///
/// | profile | for consumers of | exchange | routing key | content type | headers |
/// |---|---|---|---|---|---|
/// | ``standard`` | this package, and any that reads structured CloudEvents | `lamassu-events` | the type | `application/cloudevents+json` | trace context |
/// | ``queue`` | the same, straight into the queue | default | `lamassu_events` | `application/cloudevents+json` | trace context |
/// | ``current`` | the Go services of today | `lamassu-events` | the type | none | trace context, `_watermill_message_uuid` |
/// | ``generation2`` | Lamassu 2 | `lamassu` | the type of that generation | `text/json` | `traceparent` of CA events |
/// | ``generation1`` | Lamassu 1 | default | `lamassu_events` | `text/json` | none |
///
/// In every profile the body is a CloudEvent in structured JSON, the message is persistent, and a header holds a string or is not there:
/// consumers written with Watermill refuse a message with any other.
public struct WireProfile: Hashable, Sendable, CustomStringConvertible {
    enum Kind: String { case standard, queue, current, generation2, generation1 }

    let kind: Kind

    /// What becomes of an event that the profile has no form for; by default ``UnsupportedEvents-swift.struct/skip``.
    public var unsupportedEvents = UnsupportedEvents.skip

    init(kind: Kind) { self.kind = kind }

    /// The topic exchange `lamassu-events`, for any number of subscribers.
    public static let standard = WireProfile(kind: .standard)
    /// Straight into the queue `lamassu_events`, for one subscriber.
    public static let queue = WireProfile(kind: .queue)
    /// As the Go services of today write and read events.
    public static let current = WireProfile(kind: .current)
    /// As Lamassu 2 wrote events, payloads included; what it had no event for is unsupported.
    public static let generation2 = WireProfile(kind: .generation2)
    /// As Lamassu 1 wrote events, payloads included; what it had no event for is unsupported.
    public static let generation1 = WireProfile(kind: .generation1)

    /// The exchange and the queue of the profile.
    public var topology: EventTopology {
        switch self.kind {
        case .standard, .current: .standard
        case .queue: .queue
        case .generation2: .generation2
        case .generation1: .generation1
        }
    }

    /// The profile's name.
    public var description: String { self.kind.rawValue }

    /// What becomes of an event that a profile has no form for.
    public struct UnsupportedEvents: Hashable, Sendable, CustomStringConvertible {
        enum Kind: String { case skip, park }

        let kind: Kind

        /// It counts as sent: the consumers of that generation could not have read it anyway.
        public static let skip = UnsupportedEvents(kind: .skip)
        /// It is parked with ``LamassuEventsError/Code/unsupportedByProfile``, so that nothing goes by unseen.
        public static let park = UnsupportedEvents(kind: .park)

        /// The name.
        public var description: String { self.kind.rawValue }
    }
}
