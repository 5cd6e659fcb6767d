// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
internal import CloudEvents

/// An event as it goes to the broker: structured JSON, persistent, and with no header value but strings, because consumers written
/// with Watermill refuse a message that has any other.
struct EventMessage: Sendable {
    var body: [UInt8]
    var properties: AMQPProperties
    var destination: AMQPDestination

    /// - Throws: ``LamassuEventsError/Code/encodingFailed``.
    init(_ event: CloudEvent, _ configuration: EventPublisherConfiguration) throws(LamassuEventsError) {
        do throws(CloudEventError) {
            self.body = try event.encoded(as: .json)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "the event cannot be written as JSON: \(error)")
        }
        self.properties = AMQPProperties(
            contentType: configuration.contentType,
            deliveryMode: .persistent,
            messageID: Self.short(event.id.rawValue),
            timestamp: event.time.flatMap { UInt64(exactly: $0.secondsSinceEpoch) },
            type: Self.short(event.type),
            userID: configuration.broker.credentials.username)
        let trace = [ExtensionName.traceParent, .traceState].compactMap { name in
            event[name].map { (name.description, AMQPValue.string($0.text)) }
        }
        if !trace.isEmpty { self.properties.headers = AMQPTable(trace) }
        if let exchange = configuration.topology.exchange {
            self.destination = .exchange(exchange, routingKey: event.type)
        } else {
            self.destination = .queue(configuration.topology.queue)
        }
    }

    /// A string property has 255 bytes at most; one that would have more says nothing that is not in the event too.
    private static func short(_ text: String) -> String? { text.utf8.count <= 255 ? text : nil }
}
