// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Says of an operation that a crash has left open whether it has happened: the host's part of ``DeliveryLevel/writeAhead``.
///
/// It looks at what the operation would have changed, such as the status of a certificate in the host's database.
public protocol IntentResolver: Sendable {
    /// Says whether an operation has happened.
    ///
    /// Called by ``LamassuEventPublisher/run()``, for one intent at a time, while events go out. What it throws is told, and it is asked
    /// again later, after the others were asked about. It should have a deadline, because the other intents wait for it, and end when its
    /// task is cancelled.
    ///
    /// - Parameter intent: the operation by the event that it would have had.
    /// - Returns: whether it has happened, and with which result.
    func resolve(_ intent: OutboxIntent) async throws -> IntentResolution
}

/// What became of an operation that a crash had left open.
public struct IntentResolution: Sendable {
    enum Outcome: Sendable {
        case happened(subject: EventSubject?, payload: any JSONEncodable & Sendable)
        case didNotHappen
    }

    let outcome: Outcome

    /// The operation has not happened: there is no event.
    public static let didNotHappen = IntentResolution(outcome: .didNotHappen)

    /// The operation has happened.
    ///
    /// - Parameters:
    ///   - payload: what the operation would have returned; where the intent has a previous value, the payload of the event is an
    ///     ``UpdateModel`` of the two.
    ///   - subject: the thing it did it to; only needed where the intent has none.
    /// - Returns: the resolution.
    public static func happened(_ payload: some JSONEncodable & Sendable, subject: EventSubject? = nil) -> IntentResolution {
        IntentResolution(outcome: .happened(subject: subject, payload: payload))
    }
}

/// The payload of an update whose operation was left open: what was before, as it was written down, and what is now.
struct ResolvedUpdate<Model: JSONEncodable>: JSONEncodable {
    var previous: [UInt8]
    var updated: Model

    func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("previous")
        writer.raw(self.previous)
        writer.member("updated", self.updated)
        writer.endObject()
    }
}
