// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `/proc` says of this process; read without Foundation, which would be most of the memory.
enum ProcessStatus {
    /// How often each thread of the process went on after it had waited, by its number.
    static var wakeups: [Int: Int] {
        var counts: [Int: Int] = [:]
        guard let folder = opendir("/proc/self/task") else { return counts }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let thread = Int(name) { counts[thread] = self.number("voluntary_ctxt_switches", in: "/proc/self/task/\(name)/status") }
        }
        return counts
    }

    /// The resident memory that no file stands behind, in KiB.
    static var anonymousMemory: Int { self.number("RssAnon", in: "/proc/self/status") }

    /// The most resident memory there was, in KiB.
    static var peakMemory: Int { self.number("VmHWM", in: "/proc/self/status") }

    private static func number(_ name: String, in path: String) -> Int {
        let file = open(path, O_RDONLY)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8_192)
        let count = read(file, &bytes, bytes.count)
        for line in String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).split(separator: "\n") {
            let words = line.split { $0 == ":" || $0 == "\t" || $0 == " " }
            if words.count > 1, words[0] == name { return Int(words[1]) ?? 0 }
        }
        return 0
    }
}
