// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import JSONCoding

/// A service that publishes an event for each of its update operations that succeeds: another service, with a publisher around it.
///
/// ```swift
/// let service = PublishingService(wrapping: directory, events: events)
/// ```
///
/// It does what the service does that it wraps, part by part: ``AuthorityService``, ``SigningService``, ``CertificateService`` and
/// ``IssuanceProfileService`` of a CA service, ``DeviceService`` and ``DeviceGroupService`` of a device manager, ``DMSService`` and
/// ``EnrollmentService`` of a DMS manager. Reading publishes nothing. An update reads the thing as it was, once, before the operation; where
/// that fails the operation is not run. An operation that fails publishes nothing. What an event promises, and when an operation is refused
/// because of it, is the publisher's affair; see ``LamassuEventPublisher``.
public struct PublishingService<Base: Sendable>: Sendable {
    /// The service that does the work; what is asked of it directly is not published.
    public let base: Base
    let events: LamassuEventPublisher

    /// Wraps a service.
    ///
    /// - Parameters:
    ///   - base: the service that does the work.
    ///   - events: what publishes; its source is that of the service.
    public init(wrapping base: Base, events: LamassuEventPublisher) {
        self.base = base
        self.events = events
    }

    /// Publishes what an operation has made, whose subject may be known beforehand or else is that of the result.
    func publishing<Payload: JSONEncodable>(
        _ type: EventType, subject: (String) -> EventSubject, id: String?, from identifier: (Payload) -> String,
        _ operation: () async throws -> Payload
    ) async throws -> Payload {
        if let id, !id.isEmpty { return try await self.events.publishing(type, subject: subject(id), operation) }
        return try await self.events.publishing(type, subject: { subject(identifier($0)) }, operation)
    }

    /// Publishes that an operation has deleted something.
    func publishing(
        _ type: EventType, subject: EventSubject, deletion: some JSONEncodable, _ operation: () async throws -> Void
    ) async throws {
        _ = try await self.events.publishing(type, subject: subject) {
            try await operation()
            return deletion
        }
    }
}
