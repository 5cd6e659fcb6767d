// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AMQPWire

/// What a connection takes from the world besides its stream: time and chance.
package struct ConnectionEnvironment: Sendable {
    /// The present.
    package var now: @Sendable () -> MonotonicInstant
    /// Sleeps until a deadline, or until the task is cancelled.
    package var sleep: @Sendable (MonotonicInstant) async -> Void
    /// A random number, at least 0 and below 1.
    package var jitter: @Sendable () -> Double

    package init(
        now: @escaping @Sendable () -> MonotonicInstant,
        sleep: @escaping @Sendable (MonotonicInstant) async -> Void,
        jitter: @escaping @Sendable () -> Double
    ) {
        self.now = now
        self.sleep = sleep
        self.jitter = jitter
    }

    /// The system's.
    package static let system = ConnectionEnvironment(
        now: { .now }, sleep: { deadline in try? await Task.sleep(until: deadline.continuous, clock: .continuous) },
        jitter: { .random(in: 0..<1) })
}
