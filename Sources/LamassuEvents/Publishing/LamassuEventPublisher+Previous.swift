// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

extension LamassuEventPublisher {
    /// Reads a thing, runs an update operation, and publishes what was before and what is now as an event if it succeeds.
    ///
    /// The thing is read once, before the operation. Another writer may come between the two; then the event has an older value.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it does it to.
    ///   - previous: reads the thing; where that fails the operation is not run.
    ///   - level: as in ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)``.
    ///   - operation: the operation; its result is the thing after it. The payload of the event is an ``UpdateModel`` of the two.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: what reading threw, or as ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)``.
    public func publishing<Model: JSONEncodable>(
        _ type: EventType, subject: EventSubject, previous: () async throws -> Model, level: DeliveryLevel? = nil,
        _ operation: () async throws -> Model
    ) async throws -> Model {
        let previous = try await previous()
        return try await self.publishing(type, subject: subject, previous: previous, level: level, operation)
    }
}
