// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents
public import ServiceLifecycle

/// Runs the publisher beside the HTTP server, and lets it deliver what is in its outbox when the process is asked to end.
public struct PublisherService: Service {
    private let events: LamassuEventPublisher

    /// Takes the publisher.
    public init(events: LamassuEventPublisher) { self.events = events }

    /// Runs it.
    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.events.run() }
    }
}
