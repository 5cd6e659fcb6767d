// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents

/// The place of an event among those of its subject: the value of the CloudEvents extension `sequence`.
///
/// Written as the time at which the count of the subject began, in milliseconds since 1970, and the count, both with leading zeros:
/// `1795258800123.0000000007`. Compared as text, a later value of a subject is greater. Two values whose first parts are equal and
/// whose counts are not adjacent show a gap; another first part shows that the count began anew.
public struct EventSequence: Hashable, Sendable, CustomStringConvertible {
    /// When the count began, in milliseconds since 1970.
    public var start: Int64
    /// The count, from 1.
    public var count: UInt64

    /// Makes a value.
    ///
    /// - Parameters:
    ///   - start: when the count began, in milliseconds since 1970.
    ///   - count: the count, from 1.
    public init(start: Int64, count: UInt64) {
        self.start = start
        self.count = count
    }

    /// Begins a count.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - latest: the greatest start there was; the new one is later, even if the clock went back.
    /// - Returns: the first value.
    public static func first(at now: Timestamp, after latest: Int64 = 0) -> EventSequence {
        EventSequence(start: max(now.secondsSinceEpoch * 1_000 + Int64(now.nanoseconds / 1_000_000), latest + 1), count: 1)
    }

    /// The value of the subject's next event.
    public var next: EventSequence { EventSequence(start: self.start, count: self.count + 1) }

    /// The text of the extension.
    public var description: String { "\(Self.padded(self.start, to: 13)).\(Self.padded(self.count, to: 10))" }

    private static func padded(_ number: some BinaryInteger, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}
