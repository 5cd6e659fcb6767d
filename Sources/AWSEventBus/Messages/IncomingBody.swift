// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import SNSClient

/// Reads the event of a message: its body alone (raw delivery), or within the envelope of SNS.
package enum IncomingBody {
    /// - Throws: `LamassuEventsError.Code.undecodable`, whose message says why and quotes nothing of the body.
    package static func event(of body: String) throws(LamassuEventsError) -> CloudEvent {
        do throws(CloudEventError) {
            return try CloudEvent(decoding: Array((self.notification(in: body) ?? body).utf8), format: .json)
        } catch {
            throw LamassuEventsError(.undecodable, message: "the body is no event: \(error)")
        }
    }

    /// The text that was published, where the body is an envelope; events have no member `Type`.
    private static func notification(in body: String) -> String? {
        guard let envelope = try? JSONValue(parsing: Array(body.utf8)), envelope["specversion"] == nil,
            envelope["Type"]?.stringValue == "Notification"
        else { return nil }
        return envelope["Message"]?.stringValue
    }
}
