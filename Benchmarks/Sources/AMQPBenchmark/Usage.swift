// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the process has used so far.
struct Usage {
    /// User and system time of all threads, in seconds.
    var processorSeconds: Double
    /// The peak of the resident memory, in KiB.
    var peakMemory: Int

    /// How often memory was allocated, where the library that counts it is preloaded (allocations/count.c).
    var allocations: Int?

    /// The present usage.
    static var now: Usage {
        var usage = rusage()
        getrusage(.init(RUSAGE_SELF.rawValue), &usage)
        return Usage(
            processorSeconds: Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime), peakMemory: Int(usage.ru_maxrss),
            allocations: Self.countAllocations.map { $0() })
    }

    private static let countAllocations: (@convention(c) () -> Int)? = dlsym(nil, "allocation_count").map {
        unsafeBitCast($0, to: (@convention(c) () -> Int).self)
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
