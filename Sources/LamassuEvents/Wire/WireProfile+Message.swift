// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
package import CloudEvents

extension WireProfile {
    /// Names of headers and extensions of the Go services.
    private enum Name {
        static let watermillID = "_watermill_message_uuid"
        static let traceID = ExtensionName(documented: "traceid")
        static let spanID = ExtensionName(documented: "spanid")
    }

    /// The form of an event in this profile.
    ///
    /// - Parameters:
    ///   - event: the event, of the current generation.
    ///   - topology: the exchange and the queue.
    ///   - userID: the user of the connection, which the broker checks; `nil` to say nothing.
    /// - Returns: the message; `nil` where the profile has no form for the event and skips it.
    /// - Throws: ``LamassuEventsError/Code/encodingFailed``; ``LamassuEventsError/Code/unsupportedByProfile`` where the profile has no form for
    ///   the event and parks it.
    package func message(
        for event: CloudEvent, topology: EventTopology, userID: String? = nil
    ) throws(LamassuEventsError) -> WireMessage? {
        guard let converted = try self.converted(event) else {
            guard self.unsupportedEvents == .park else { return nil }
            throw LamassuEventsError(.unsupportedByProfile, message: "the profile \(self) has no form for an event \(EventSummary(event))")
        }
        let body: [UInt8]
        do throws(CloudEventError) {
            body = try converted.encoded(as: .json)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the event cannot be written as JSON: \(error)")
        }
        let headers = self.headers(of: converted)
        let properties = AMQPProperties(
            contentType: self.contentType,
            headers: headers.isEmpty ? nil : AMQPTable(headers.map { ($0.0, AMQPValue.string($0.1)) }),
            deliveryMode: .persistent,
            messageID: Self.short(converted.id.rawValue),
            timestamp: converted.time.flatMap { UInt64(exactly: $0.secondsSinceEpoch) },
            type: Self.short(converted.type),
            userID: userID)
        let destination: AMQPDestination =
            if let exchange = topology.exchange { .exchange(exchange, routingKey: converted.type) } else { .queue(topology.queue) }
        return WireMessage(destination: destination, properties: properties, body: body, isMandatory: topology.declaresQueues)
    }

    private var contentType: String? {
        switch self.kind {
        case .standard, .queue: CloudEvent.Format.json.mediaType
        case .current: nil
        case .generation2, .generation1: "text/json"
        }
    }

    /// - Returns: the event as it is to be written; `nil` where the profile has no form for it.
    private func converted(_ event: CloudEvent) throws(LamassuEventsError) -> CloudEvent? {
        switch self.kind {
        case .standard, .queue: event
        case .current: Self.withTraceIdentifiers(event)
        case .generation2: try Generation2Writer.event(from: event)
        case .generation1: try Generation1Writer.event(from: event)
        }
    }

    /// Strings only, in the order in which they are sent.
    private func headers(of event: CloudEvent) -> [(String, String)] {
        let trace = [ExtensionName.traceParent, .traceState].compactMap { name in event[name].map { (name.description, $0.text) } }
        return switch self.kind {
        case .standard, .queue: trace
        case .current: [(Name.watermillID, event.id.rawValue)] + trace
        // Not a W3C value, but what that generation sent.
        case .generation2: event.source.description == Generation2Writer.caSource ? [("traceparent", event.id.rawValue)] : []
        case .generation1: []
        }
    }

    /// With the extensions `traceid` and `spanid`, from which the Go services link their logs.
    private static func withTraceIdentifiers(_ event: CloudEvent) -> CloudEvent {
        guard event[Name.traceID] == nil, let trace = event[.traceParent].flatMap({ TraceContext(traceParent: $0.text) }) else {
            return event
        }
        var event = event
        event[Name.traceID] = .string(trace.traceID)
        event[Name.spanID] = .string(trace.spanID)
        return event
    }

    /// A string property has 255 bytes at most; one that would have more says nothing that is not in the event too.
    private static func short(_ text: String) -> String? { text.utf8.count <= 255 ? text : nil }
}
