// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import ServiceLifecycle

/// Runs the publisher beside the HTTP server, and lets it deliver what is in its outbox when the process is asked to end.
struct PublisherService: Service {
    let events: LamassuEventPublisher

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.events.run() }
    }
}
