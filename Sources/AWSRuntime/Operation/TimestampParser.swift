// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner

/// Reads the forms of a moment; each method starts at the beginning of the text, and gives nil where the text is not of its form.
struct TimestampParser {
    private let text: [UInt8]
    private var position = 0

    init(_ text: String) { self.text = Array(text.utf8) }

    /// A decimal number of seconds since 1970, with an exponent where it has one.
    mutating func epoch() -> AWSTimestamp? {
        self.position = 0
        let isNegative = self.skip("-")
        guard let seconds = self.number(digits: 1...18) else { return nil }
        let nanoseconds = self.fraction()
        guard self.isAtEnd else { return self.exponent() }
        guard isNegative else { return AWSTimestamp(secondsSinceEpoch: seconds, nanoseconds: nanoseconds) }
        guard nanoseconds > 0 else { return AWSTimestamp(secondsSinceEpoch: -seconds) }
        return AWSTimestamp(secondsSinceEpoch: -seconds - 1, nanoseconds: 1_000_000_000 - nanoseconds)
    }

    /// A date and time of ISO 8601, with `Z` or an offset from UTC.
    mutating func extended() -> AWSTimestamp? {
        self.position = 0
        guard let year = self.number(digits: 4...4), self.skip("-"), let month = self.number(digits: 2...2), self.skip("-"),
            let day = self.number(digits: 2...2), self.skip("T") || self.skip("t") || self.skip(" "), let time = self.time()
        else { return nil }
        let nanoseconds = self.fraction()
        guard let offset = self.offset(), self.isAtEnd, let days = Self.days(year: year, month: month, day: day) else { return nil }
        return AWSTimestamp(secondsSinceEpoch: days * 86_400 + time - offset, nanoseconds: nanoseconds)
    }

    /// A date and time of a header field (the first form of RFC 9110 section 5.6.7).
    mutating func header() -> AWSTimestamp? {
        guard self.text.count > 5, self.text[3] == UInt8(ascii: ",") else { return nil }
        self.position = 4
        guard self.skip(" "), let day = self.number(digits: 1...2), self.skip(" "),
            let month = AWSTimestamp.months.firstIndex(where: { self.skip($0) }), self.skip(" "),
            let year = self.number(digits: 4...4), self.skip(" "), let time = self.time()
        else { return nil }
        let nanoseconds = self.fraction()
        guard self.skip(" GMT"), self.isAtEnd, let days = Self.days(year: year, month: Int64(month) + 1, day: day) else { return nil }
        return AWSTimestamp(secondsSinceEpoch: days * 86_400 + time, nanoseconds: nanoseconds)
    }

    // MARK: - Parts

    private var isAtEnd: Bool { self.position == self.text.count }

    private mutating func skip(_ expected: String) -> Bool {
        guard self.text[self.position...].starts(with: expected.utf8) else { return false }
        self.position += expected.utf8.count
        return true
    }

    /// A number of digits; more digits than are allowed are left, and so fail what comes next.
    private mutating func number(digits: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while count < digits.upperBound, let digit = self.digit() {
            value = value * 10 + digit
            count += 1
        }
        return digits.contains(count) ? value : nil
    }

    private mutating func digit() -> Int64? {
        guard self.position < self.text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self.text[self.position]) else {
            return nil
        }
        self.position += 1
        return Int64(self.text[self.position - 1] - UInt8(ascii: "0"))
    }

    /// A fraction in nanoseconds; 0 where there is none.
    private mutating func fraction() -> Int {
        guard self.skip(".") else { return 0 }
        var nanoseconds: Int64 = 0
        var unit: Int64 = 100_000_000
        while let digit = self.digit() {
            nanoseconds += digit * unit
            unit /= 10
        }
        return Int(nanoseconds)
    }

    private mutating func time() -> Int64? {
        guard let hour = self.number(digits: 2...2), self.skip(":"), let minute = self.number(digits: 2...2), self.skip(":"),
            let second = self.number(digits: 2...2), hour < 24, minute < 60, second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + second
    }

    private mutating func offset() -> Int64? {
        if self.skip("Z") || self.skip("z") { return 0 }
        let isNegative = self.skip("-")
        guard isNegative || self.skip("+"), let hour = self.number(digits: 2...2) else { return nil }
        _ = self.skip(":")
        guard let minute = self.number(digits: 2...2) else { return nil }
        return (hour * 3_600 + minute * 60) * (isNegative ? -1 : 1)
    }

    /// A number with an exponent, which is as exact as a `Double`.
    private func exponent() -> AWSTimestamp? {
        guard let number = JSONNumber(String(decoding: self.text, as: UTF8.self))?.double, abs(number) < 1e15 else { return nil }
        let seconds = number.rounded(.down)
        return AWSTimestamp(secondsSinceEpoch: Int64(seconds), nanoseconds: Int(((number - seconds) * 1e9).rounded()))
    }

    /// The days from 1970-01-01 to a date of the proleptic Gregorian calendar.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
        guard (1...12).contains(month), (1...31).contains(day) else { return nil }
        // Years begin in March here, so that the leap day is the last day of a year.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = shiftedYear / 400 - (shiftedYear < 0 ? 1 : 0)
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
