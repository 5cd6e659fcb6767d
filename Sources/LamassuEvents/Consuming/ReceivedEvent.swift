// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import JSONCoding

/// An event as a handler gets it, with how it came.
public struct ReceivedEvent: Sendable {
    /// The event itself.
    public let event: CloudEvent
    /// Which attempt of this consumer at it this is, from 1.
    public let attempt: Int
    /// Whether the broker had delivered it before, here or elsewhere.
    public let isRedelivered: Bool
    /// The broker's user who published it, as the broker has checked; `nil` where the publisher did not say.
    public let userID: String?
    /// The routing key with which it was published: its type, or the queue's name where it came straight there.
    public let routingKey: String

    /// Makes a received event, as a test of a handler does.
    ///
    /// - Parameters:
    ///   - event: the event itself.
    ///   - attempt: which attempt it is.
    ///   - isRedelivered: whether the broker had delivered it before.
    ///   - userID: the broker's user who published it.
    ///   - routingKey: the routing key with which it was published.
    public init(_ event: CloudEvent, attempt: Int = 1, isRedelivered: Bool = false, userID: String? = nil, routingKey: String = "") {
        self.event = event
        self.attempt = attempt
        self.isRedelivered = isRedelivered
        self.userID = userID
        self.routingKey = routingKey
    }

    /// Which event it is, without its payload.
    public var summary: EventSummary { EventSummary(self.event) }
    /// What happened.
    public var type: EventType { EventType(rawValue: self.event.type) }
    /// Who published it.
    public var source: EventSource { EventSource(rawValue: self.event.source.description) }
    /// The thing it is about; `nil` where it has no subject, or one of another form.
    public var subject: EventSubject? { self.event.subject.flatMap { EventSubject(parsing: $0) } }

    /// Reads the payload.
    ///
    /// - Parameter type: what it is.
    /// - Returns: the payload.
    /// - Throws: ``LamassuEventsError/Code/undecodable``, whose message says where the payload is otherwise and quotes none of its values; also
    ///   where the event names another version of the schema of an ``EventPayload``.
    public func payload<Payload: JSONDecodable>(as type: Payload.Type = Payload.self) throws(LamassuEventsError) -> Payload {
        if let known = (Payload.self as? any EventPayload.Type)?.schema,
            let actual = self.event.dataSchema.flatMap({ EventSchema(parsing: $0.description) }),
            actual.name == known.name, actual.version != known.version
        {
            throw LamassuEventsError(.undecodable, message: "the payload of \(self.event.type) follows \(actual), and not \(known)")
        }
        do throws(CloudEventError) {
            return try self.event.decodeData(as: Payload.self)
        } catch {
            throw LamassuEventsError(.undecodable, message: "the payload of \(self.event.type): \(error.message)")
        }
    }
}
