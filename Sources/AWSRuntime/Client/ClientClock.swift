// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner

/// The clocks of a client, which tests set.
package struct ClientClock: Sendable {
    /// The time that requests are signed for.
    package var now: @Sendable () -> AWSTimestamp
    /// The time by which the rate of sending is measured.
    package var instant: @Sendable () -> ContinuousClock.Instant
    /// Waits.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        now: @escaping @Sendable () -> AWSTimestamp = { .now },
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { ContinuousClock.now },
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
    ) {
        self.now = now
        self.instant = instant
        self.sleep = sleep
    }

    /// The clocks of the system.
    package static var system: ClientClock { ClientClock() }
}
