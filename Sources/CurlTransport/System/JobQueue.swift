// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Jobs of tasks that a thread of ours is to run.
final class JobQueue: Sendable {
    /// What came of a job that was added.
    enum Addition {
        /// It is the first: the thread is to be told.
        case waking
        /// The thread knows of others, and will find it with them.
        case following
        /// It is not taken: the thread runs no more jobs.
        case closed
    }

    private struct Entry {
        var job: UnownedJob
        /// As whom it runs: when that is whom its task prefers, the task goes on without being enqueued again.
        var executor: any TaskExecutor
    }

    private struct State {
        var entries: [Entry] = []
        var isClosed = false
    }

    private let state = Mutex(State())

    func add(_ job: UnownedJob, for executor: any TaskExecutor) -> Addition {
        self.state.withLock { state in
            if state.isClosed { return .closed }
            state.entries.append(Entry(job: job, executor: executor))
            return state.entries.count == 1 ? .waking : .following
        }
    }

    /// Runs the jobs that have come so far, on the calling thread.
    func run() {
        let entries = self.state.withLock { exchange(&$0.entries, with: []) }
        for entry in entries {
            // The entry holds the executor while the job runs; each job is run here and nowhere else.
            unsafe entry.job.runSynchronously(on: entry.executor.asUnownedTaskExecutor())
        }
    }

    /// Takes no more jobs, and hands those that have come back to their executors, which must find another place for them.
    func close() {
        let entries = self.state.withLock { state in
            state.isClosed = true
            return exchange(&state.entries, with: [])
        }
        for entry in entries { entry.executor.enqueue(entry.job) }
    }
}
