// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the process has used so far.
struct Usage {
    /// User and system time of all threads, in seconds.
    let processorSeconds: Double
    /// The resident memory, in KiB.
    let residentMemory: Int

    /// The present usage.
    static var now: Usage {
        var usage = rusage()
        getrusage(.init(RUSAGE_SELF.rawValue), &usage)
        return Usage(
            processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime), residentMemory: Self.residentMemory())
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    /// The second number of `/proc/self/statm`, in pages.
    private static func residentMemory() -> Int {
        let file = open("/proc/self/statm", O_RDONLY)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(file, &bytes, bytes.count)
        let words = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1024 : 0
    }
}
