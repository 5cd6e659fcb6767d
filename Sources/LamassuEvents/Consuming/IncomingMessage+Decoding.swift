// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPClient
package import CloudEvents

extension IncomingMessage {
    /// Reads the event, which is structured JSON, or in the binary mode where the content type says nothing of events and headers do.
    ///
    /// - Parameter acceptsPlainJSON: whether a JSON object will do of which neither content type nor headers say that it is an event.
    /// - Throws: ``LamassuEventsError/Code/undecodable``, whose message says why and quotes nothing of the body.
    package func event(acceptsPlainJSON: Bool) throws(LamassuEventsError) -> CloudEvent {
        let contentType = self.properties.contentType ?? ""
        if !contentType.lowercased().hasPrefix("application/cloudevents"), let event = try self.binaryEvent() { return event }
        switch contentType.prefix(while: { $0 != ";" && $0 != " " }).lowercased() {
        case "application/cloudevents+json", "application/cloudevents": break
        case "", "application/json", "text/json":
            guard acceptsPlainJSON else {
                throw Self.undecodable("the content type '\(contentType)' is not that of an event")
            }
        default: throw Self.undecodable("the content type '\(contentType)' is not that of an event in JSON")
        }
        do throws(CloudEventError) {
            return try CloudEvent(decoding: self.body, format: .json)
        } catch {
            throw Self.undecodable("the body is no event: \(error)")
        }
    }

    static func undecodable(_ message: String) -> LamassuEventsError { LamassuEventsError(.undecodable, message: message) }
}
