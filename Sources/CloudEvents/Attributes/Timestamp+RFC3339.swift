// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Timestamp: CustomStringConvertible {
    /// Reads a timestamp (RFC 3339 §5.6).
    ///
    /// - Parameter text: the timestamp: a date of the calendar, `T`, a time of the day, and `Z` or an offset.
    /// - Throws: ``CloudEventError/Code/invalidAttribute`` where it is none.
    public init(_ text: String) throws(CloudEventError) {
        guard let value = Self.parse(Array(text.utf8)) else {
            throw CloudEventError(.invalidAttribute, message: "is not a timestamp by RFC 3339")
        }
        self = value
    }

    /// The timestamp as RFC 3339 writes it.
    public var description: String {
        let local = self.secondsSinceEpoch + 60 * Int64(self.offsetMinutes) - (self.isLeapSecond ? 1 : 0)
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        let second = Int(local - day * 86_400)
        let date = Self.date(ofDay: Int(day))
        var text = Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2)
        text += "T" + Self.padded(second / 3600, 2) + ":" + Self.padded(second / 60 % 60, 2) + ":"
        text += self.isLeapSecond ? "60" : Self.padded(second % 60, 2)
        if self.fractionDigits > 0 { text += "." + Self.padded(self.nanoseconds, 9).prefix(Int(self.fractionDigits)) }
        switch self.offset {
        case .utc: return text + "Z"
        case .unknown: return text + "-00:00"
        case .minutes(let minutes):
            return text + (minutes < 0 ? "-" : "+") + Self.padded(abs(Int(minutes)) / 60, 2) + ":" + Self.padded(abs(Int(minutes)) % 60, 2)
        }
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    private static func parse(_ bytes: [UInt8]) -> Timestamp? {
        var rest = bytes[...]
        guard let year = self.takeNumber(&rest, 4), self.take("-", &rest), let month = self.takeNumber(&rest, 2), self.take("-", &rest),
            let day = self.takeNumber(&rest, 2), self.take("T", &rest) || self.take("t", &rest),
            let hour = self.takeNumber(&rest, 2), self.take(":", &rest), let minute = self.takeNumber(&rest, 2), self.take(":", &rest),
            let second = self.takeNumber(&rest, 2),
            (1...12).contains(month), day >= 1, day <= self.days(inMonth: month, of: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        var (fraction, digits) = (UInt32(0), UInt8(0))
        if self.take(".", &rest) {
            let written = rest.prefix(while: self.isDigit)
            guard !written.isEmpty else { return nil }
            digits = UInt8(min(9, written.count))
            for place in 0..<9 {
                let digit = place < written.count ? written[written.startIndex + place] - UInt8(ascii: "0") : 0
                fraction = fraction * 10 + UInt32(digit)
            }
            rest = rest.dropFirst(written.count)
        }
        guard let offset = self.takeOffset(&rest), rest.isEmpty else { return nil }
        var minutes = 0
        if case .minutes(let value) = offset { minutes = Int(value) }
        let moment = self.day(ofYear: year, month: month, day: day) * 86_400 + hour * 3600 + minute * 60 + second - minutes * 60
        // A leap second is the last of a month by UTC, so that the moment after it is the first of the next one.
        let isLeapSecond = second == 60
        if isLeapSecond { guard moment.isMultiple(of: 86_400), self.date(ofDay: moment / 86_400).day == 1 else { return nil } }
        return Timestamp(
            secondsSinceEpoch: Int64(moment), fraction: fraction, fractionDigits: digits, offset: offset, isLeapSecond: isLeapSecond)
    }

    private static func takeOffset(_ rest: inout ArraySlice<UInt8>) -> Offset? {
        if self.take("Z", &rest) || self.take("z", &rest) { return .utc }
        let isBehind = self.take("-", &rest)
        guard isBehind || self.take("+", &rest), let hours = self.takeNumber(&rest, 2), self.take(":", &rest),
            let minutes = self.takeNumber(&rest, 2), hours < 24, minutes < 60
        else { return nil }
        let offset = Int16(hours * 60 + minutes)
        if isBehind { return offset == 0 ? .unknown : .minutes(-offset) }
        return .minutes(offset)
    }

    private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Takes exactly `width` digits.
    private static func takeNumber(_ rest: inout ArraySlice<UInt8>, _ width: Int) -> Int? {
        let digits = rest.prefix(width)
        guard digits.count == width, digits.allSatisfy(self.isDigit) else { return nil }
        rest = rest.dropFirst(width)
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    // MARK: - The Gregorian calendar, by years that begin in March, so that a leap day is the last of its year

    private static func days(inMonth month: Int, of year: Int) -> Int {
        switch month {
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The days from 1970-01-01 to a date of the years 0 and later.
    private static func day(ofYear year: Int, month: Int, day: Int) -> Int {
        let shifted = month > 2 ? year : year - 1
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    private static func date(ofDay day: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}
