// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner

/// The clocks of a client, which tests set.
package struct ClientClock: Sendable {
    /// The time that requests are signed for.
    package var now: @Sendable () -> AWSTimestamp
    /// Waits.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> AWSTimestamp = { .now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.sleep = sleep
    }

    /// The clocks of the system.
    package static var system: ClientClock { ClientClock() }
}
