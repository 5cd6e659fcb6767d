// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSSigner

/// The clocks by which credentials expire and are refreshed, and how to wait.
package struct CredentialsClock: Sendable {
    /// The system's clock.
    package var time: @Sendable () -> AWSTimestamp
    /// The time since some start, which only grows.
    package var uptime: @Sendable () -> Duration
    /// Waits; throws when the task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void

    package init(
        time: @escaping @Sendable () -> AWSTimestamp, uptime: @escaping @Sendable () -> Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void
    ) {
        self.time = time
        self.uptime = uptime
        self.sleep = sleep
    }

    /// The clocks of the system.
    package static var system: CredentialsClock {
        let start = ContinuousClock.now
        return CredentialsClock(
            time: { .now }, uptime: { ContinuousClock.now - start }, sleep: { try await Task.sleep(for: $0, clock: .continuous) })
    }

    var moment: CredentialsCacheStateMachine.Moment { .init(time: self.time(), uptime: self.uptime()) }
}
