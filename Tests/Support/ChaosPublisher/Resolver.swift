// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import LamassuEvents

/// Looks into the service's table whether an operation happened: whether the thing has a version after the one that was there before.
struct Resolver: IntentResolver {
    let database: ServiceDatabase

    func resolve(_ intent: OutboxIntent) async throws -> IntentResolution {
        Service.pass("resolving")
        guard let subject = intent.subject, let bytes = intent.previous else { return .didNotHappen }
        let previous = try JSONReader.decode(Thing.self, from: bytes)
        let thing = try await self.database.thing(subject, version: previous.version + 1)
        Service.pass("resolved")
        return thing.map { .happened($0) } ?? .didNotHappen
    }
}
