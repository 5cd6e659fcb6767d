// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import Transport

/// Runs tasks on the I/O thread of the stream that carries a connection at present; elsewhere while there is none.
final class ConnectionExecutor: TaskExecutor {
    private let stream = Mutex<(any ByteStream)?>(nil)

    /// Uses the thread of a new stream from now on.
    func use(_ stream: any ByteStream) { self.stream.withLock { $0 = stream } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let stream = self.stream.withLock { $0 }
        if stream?.enqueue(job, for: self) == true { return }
        globalConcurrentExecutor.enqueue(job)
    }
}
