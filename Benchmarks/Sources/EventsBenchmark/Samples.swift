// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Durations that many tasks measure.
final class Samples: Sendable {
    private let durations = Mutex<[Duration]>([])

    func add(_ duration: Duration) { self.durations.withLock { $0.append(duration) } }

    var distribution: Distribution { Distribution(self.durations.withLock { $0 }) }
}
