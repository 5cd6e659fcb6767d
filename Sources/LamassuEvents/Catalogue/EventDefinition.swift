// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// What is known of one type of event: which operation makes it, who publishes it, what it is about, and what it says.
///
/// The table ``catalogue`` is the one place for that; the documentation, the attribute `dataschema` and the tests come from it.
public struct EventDefinition: Sendable {
    /// The type.
    public let type: EventType
    /// The operation of the service that makes the event, by its name there.
    public let operation: String
    /// The service that publishes it.
    public let source: EventSource
    /// What kind of thing it is about.
    public let subject: EventSubject.Kind
    /// The model of the payload; `nil` where the payload is bytes.
    public let payload: (any EventPayload.Type)?
    /// The attribute `dataschema`; `nil` where the payload is bytes.
    public let dataSchema: URI?

    init(
        _ type: EventType, _ operation: String, _ source: EventSource, about subject: EventSubject.Kind, _ payload: (any EventPayload.Type)?
    ) {
        self.type = type
        self.operation = operation
        self.source = source
        self.subject = subject
        self.payload = payload
        self.dataSchema = payload.flatMap { try? URI($0.schema.description) }
    }

    /// The schema of the payload; `nil` where the payload is bytes.
    public var schema: EventSchema? { self.payload?.schema }

    /// The routing key with which the event is published.
    public var routingKey: String { self.type.rawValue }

    /// Reads the payload of an event of this type.
    ///
    /// - Parameter event: the event.
    /// - Returns: the payload; `nil` where it is bytes.
    /// - Throws: `CloudEventError` where the payload is otherwise.
    public func decodePayload(of event: CloudEvent) throws(CloudEventError) -> (any EventPayload)? {
        guard let payload else { return nil }
        return try Self.decode(payload, of: event)
    }

    private static func decode<Payload: EventPayload>(_ type: Payload.Type, of event: CloudEvent) throws(CloudEventError)
        -> any EventPayload
    {
        try event.decodeData(as: Payload.self)
    }
}

extension EventType {
    /// What is known of the type; `nil` for one that is not in the catalogue.
    public var definition: EventDefinition? { EventDefinition.byType[self] }

    /// Every type of the current generation that this release names.
    public static let catalogue: [EventType] = EventDefinition.catalogue.map(\.type)
}
