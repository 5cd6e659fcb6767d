// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets a service run a single time.
package final class RunOnce: Sendable {
    private let hasStarted = Atomic(false)

    package init() {}

    /// Throws ``LamassuEventsError/Code/alreadyRan`` from the second call on.
    package func start() throws(LamassuEventsError) {
        guard self.hasStarted.exchange(true, ordering: .relaxed) else { return }
        throw LamassuEventsError(.alreadyRan, message: "run() was called a second time: make a new one instead")
    }
}
