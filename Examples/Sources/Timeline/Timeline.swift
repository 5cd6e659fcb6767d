// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Prints what happens as one line each, so that the lines of several processes make one story.
///
///     02:41:07.125  CA service  event      ca.create ca/plant-1
public struct Timeline: Sendable {
    /// Makes a timeline on the standard output.
    public init() {}

    /// Prints one line.
    ///
    /// - Parameters:
    ///   - place: where it happened.
    ///   - step: what kind of step it was.
    ///   - what: what happened.
    public func note(_ place: String, _ step: String, _ what: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let second = now.tv_sec % 86_400
        let time =
            "\(Self.padded(second / 3_600, 2)):\(Self.padded(second / 60 % 60, 2)):\(Self.padded(second % 60, 2))"
            + ".\(Self.padded(now.tv_nsec / 1_000_000, 3))"
        let line = "\(time)  \(Self.padded(place, 11)) \(Self.padded(step, 12)) \(what)\n"
        // One call a line: lines of several processes never mix.
        _ = Array(line.utf8).withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
