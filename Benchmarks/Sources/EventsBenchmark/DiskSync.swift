// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the disk itself costs: a page appended to a file and synchronised, as SQLite does at each commit.
enum DiskSync {
    static func measure(in folder: String, count: Int) throws -> Distribution {
        let path = "\(folder)/sync"
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw EventsBenchmark.Failure(description: "\(path) cannot be made") }
        defer {
            close(file)
            unlink(path)
        }
        let page = [UInt8](repeating: 1, count: 4_096)
        var durations: [Duration] = []
        for _ in 0..<count {
            let start = ContinuousClock.now
            guard write(file, page, page.count) == page.count, fdatasync(file) == 0 else {
                throw EventsBenchmark.Failure(description: "\(path) cannot be written")
            }
            durations.append(.now - start)
        }
        return Distribution(durations)
    }
}
