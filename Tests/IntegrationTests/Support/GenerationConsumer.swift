// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import LamassuEvents
import TestSupport

/// A consumer of one generation as `Tests/Consumers/consume.py` imitates it, with pika.
struct GenerationConsumer {
    let profile: WireProfile
    let topology: EventTopology

    /// Declares what such a consumer does when it starts.
    func declare() async throws { _ = try await self.run("declare") }

    /// Takes messages as such a consumer does, and returns what it read; throws with its words where it refuses one.
    func consume(_ count: Int) async throws -> [JSONValue] {
        try await self.run("consume", String(count)).split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8)) }
    }

    private func run(_ action: String, _ arguments: String...) async throws -> String {
        let package = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../..").standardized
        return try await TestCommand.run(
            [
                package.appending(path: ".venv/bin/python").path, package.appending(path: "Tests/Consumers/consume.py").path, action,
                self.profile.description, self.topology.exchange ?? "", self.topology.queue,
            ] + arguments)
    }
}
