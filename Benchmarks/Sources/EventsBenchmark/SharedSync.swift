// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization

/// What the disk itself costs those who wait for it together.
///
/// A page for each is appended to a file, and what came while the disk was busy is synchronised at once with the next: the least that any
/// store can do.
final class SharedSync: Sendable {
    private let file: Int32
    private let path: String
    private let waiting = Mutex<(writers: [CheckedContinuation<Void, Never>], isRunning: Bool)>(([], false))
    private let queue = DispatchQueue(label: "shared sync")

    init(in folder: String) throws {
        self.path = "\(folder)/sync"
        self.file = open(self.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard self.file >= 0 else { throw EventsBenchmark.Failure(description: "\(self.path) cannot be made") }
    }

    deinit {
        close(self.file)
        unlink(self.path)
    }

    /// Appends a page, and returns when it is on the disk.
    func append() async {
        await withCheckedContinuation { continuation in
            let isFirst = self.waiting.withLock { waiting in
                waiting.writers.append(continuation)
                defer { waiting.isRunning = true }
                return !waiting.isRunning
            }
            if isFirst { self.queue.async { self.run() } }
        }
    }

    private func run() {
        let page = [UInt8](repeating: 1, count: 4_096)
        while true {
            let writers = self.waiting.withLock { waiting in
                defer { waiting.writers = [] }
                waiting.isRunning = !waiting.writers.isEmpty
                return waiting.writers
            }
            guard !writers.isEmpty else { return }
            for _ in writers { _ = write(self.file, page, page.count) }
            fdatasync(self.file)
            for writer in writers { writer.resume() }
        }
    }
}
