// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs what waits for the disk on a queue of its own, where it holds up nobody else.
final class ServiceExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "service database")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        self.queue.async { unsafe job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
