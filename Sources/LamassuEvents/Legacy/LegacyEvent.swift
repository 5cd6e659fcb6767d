// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
internal import JSONCoding

/// An event of one of the older generations, read, with what the current one would call it.
///
/// Ids of older generations repeat, and their payloads are no updates: they say what is now and not what was before. So an
/// event of them is a hint to look at the present state, and never a reason to write what it says.
public struct LegacyEvent: Sendable {
    /// The event.
    public let event: CloudEvent
    /// What is known of its type.
    public let definition: LegacyEventDefinition
    /// What it says.
    public let payload: any LegacyPayload

    /// Reads an event.
    ///
    /// - Parameter event: the event.
    /// - Throws: ``LamassuEventsError/Code/undecodable`` where it is of the current generation, of a type that no older one had, or where its
    ///   payload is otherwise; the message quotes nothing of the payload.
    public init(_ event: CloudEvent) throws(LamassuEventsError) {
        guard let definition = LegacyEventDefinition.byType[EventType(rawValue: event.type)] else {
            throw LamassuEventsError(.undecodable, message: "'\(event.type)' is no type of an older generation")
        }
        self.event = event
        self.definition = definition
        do throws(CloudEventError) {
            self.payload = try Self.decode(definition.payload, of: event)
        } catch {
            throw LamassuEventsError(.undecodable, message: "the payload of \(event.type): \(error.message)")
        }
    }

    private static func decode<Payload: LegacyPayload>(_ type: Payload.Type, of event: CloudEvent) throws(CloudEventError)
        -> any LegacyPayload
    {
        try event.decodeData(as: Payload.self)
    }

    /// By which generation it was made.
    public var generation: EventGeneration { self.definition.generation }

    /// The type of the current generation that says the same; `nil` where none does.
    public var currentType: EventType? { self.definition.currentType }

    /// The subject that the current generation would give it; `nil` where the payload does not name the thing.
    ///
    /// A CA is named by its name and a DMS by its name, which were their identifiers then; where they were taken over under other identifiers,
    /// it is for the host to say which.
    public var currentSubject: EventSubject? {
        guard let kind = self.currentType?.definition?.subject, let identifier = self.payload.identifier(of: kind) else { return nil }
        return EventSubject(kind: kind, identifier: identifier)
    }
}
