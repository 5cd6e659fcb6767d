// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What this process holds of the system, as `/proc` has it.
package struct ProcessCensus: Hashable, Sendable {
    package var descriptors: Int
    package var threads: Int

    package static func now() throws -> ProcessCensus {
        ProcessCensus(
            descriptors: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count,
            threads: try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count)
    }

    /// The memory that the process holds now, in KiB.
    package static func memoryKiB() throws -> Int { try self.status("VmRSS:") }

    /// The most memory that the process has held at a time, in KiB.
    package static func peakMemoryKiB() throws -> Int { try self.status("VmHWM:") }

    /// Makes the peak what the process holds now, and returns it in KiB (proc_pid_clear_refs(5)).
    package static func resetPeakMemory() throws -> Int {
        try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
        return try self.peakMemoryKiB()
    }

    private static func status(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
        return line?.split { $0 == " " || $0 == "\t" }.dropFirst().first.flatMap { Int($0) } ?? 0
    }
}
