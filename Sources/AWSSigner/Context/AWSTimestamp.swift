// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A moment in UTC, in the forms that AWS uses.
public struct AWSTimestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z, leap seconds left out.
    public var secondsSinceEpoch: Int64
    /// What is to be added to the seconds, from 0 to 999,999,999; signatures leave it out.
    public var nanoseconds: Int

    /// Makes a moment.
    ///
    /// - Parameters:
    ///   - secondsSinceEpoch: seconds since 1970-01-01T00:00:00Z.
    ///   - nanoseconds: what is to be added, from 0 to 999,999,999; anything else becomes the nearest of these.
    public init(secondsSinceEpoch: Int64, nanoseconds: Int = 0) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.nanoseconds = min(max(nanoseconds, 0), 999_999_999)
    }

    /// Compares the moments.
    public static func < (left: AWSTimestamp, right: AWSTimestamp) -> Bool {
        (left.secondsSinceEpoch, left.nanoseconds) < (right.secondsSinceEpoch, right.nanoseconds)
    }

    /// The moment in the basic form of ISO 8601 that signatures use, such as `20150830T123600Z`, to the second.
    ///
    /// A moment outside the years 1 to 9999 is written as the nearest one inside.
    public var basicFormat: String {
        let fields = self.calendarFields
        let pairs: InlineArray<7, Int64> = [
            fields.year / 100, fields.year % 100, fields.month, fields.day, fields.hour, fields.minute, fields.second,
        ]
        var text: [UInt8] = []
        text.reserveCapacity(16)
        for index in pairs.indices {
            if index == 4 { text.append(UInt8(ascii: "T")) }
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pairs[index] / 10))
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: pairs[index] % 10))
        }
        text.append(UInt8(ascii: "Z"))
        return String(decoding: text, as: UTF8.self)
    }

    /// Date and time of the proleptic Gregorian calendar, to the second, of the nearest moment in the years 1 to 9999.
    package var calendarFields: (year: Int64, month: Int64, day: Int64, hour: Int64, minute: Int64, second: Int64) {
        let seconds = min(max(self.secondsSinceEpoch, Self.firstSecond), Self.lastSecond)
        let day = seconds.flooringQuotient(by: 86_400)
        let second = seconds - day * 86_400
        let (year, month, dayOfMonth) = Self.civilDate(daysSinceEpoch: day)
        return (year, month, dayOfMonth, second / 3_600, second / 60 % 60, second % 60)
    }

    /// The same as ``basicFormat``.
    public var description: String { self.basicFormat }

    /// Whether the moment lies in the years 1 to 9999, so that ``basicFormat`` is its own.
    var isRepresentable: Bool { (Self.firstSecond...Self.lastSecond).contains(self.secondsSinceEpoch) }

    private static let firstSecond: Int64 = -62_135_596_800
    private static let lastSecond: Int64 = 253_402_300_799

    /// The date of the proleptic Gregorian calendar.
    ///
    /// Counts from 0000-03-01 in eras of 400 years, so that the leap day is the last day of a year.
    private static func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let days = daysSinceEpoch + 719_468
        let era = days.flooringQuotient(by: 146_097)
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// A number with leading zeros.
    package static func digits(_ number: Int64, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

extension Int64 {
    /// The quotient rounded down, for a divisor above 0.
    fileprivate func flooringQuotient(by divisor: Int64) -> Int64 {
        let (quotient, remainder) = self.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
