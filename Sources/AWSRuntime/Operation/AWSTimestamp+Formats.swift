// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSSigner

/// The forms in which moments stand in requests and answers.
extension AWSTimestamp {
    /// The form of ISO 8601 with hyphens and colons, such as `2015-08-30T12:36:00.25Z`, as queries and forms have it.
    ///
    /// A moment outside the years 1 to 9999 is written as the nearest one inside.
    public var extendedFormat: String {
        let fields = self.calendarFields
        let date = "\(Self.digits(fields.year, 4))-\(Self.digits(fields.month, 2))-\(Self.digits(fields.day, 2))"
        let time = "\(Self.digits(fields.hour, 2)):\(Self.digits(fields.minute, 2)):\(Self.digits(fields.second, 2))"
        return "\(date)T\(time)\(self.fraction)Z"
    }

    /// The form of header fields, such as `Sun, 30 Aug 2015 12:36:00 GMT` (RFC 9110 section 5.6.7), to the second.
    ///
    /// A moment outside the years 1 to 9999 is written as the nearest one inside.
    public var headerFormat: String {
        let fields = self.calendarFields
        let days = self.secondsSinceEpoch / 86_400 - (self.secondsSinceEpoch % 86_400 < 0 ? 1 : 0)
        let weekday = Self.weekdays[Int(((days + 3) % 7 + 7) % 7)]
        let date = "\(Self.digits(fields.day, 2)) \(Self.months[Int(fields.month) - 1]) \(Self.digits(fields.year, 4))"
        return "\(weekday), \(date) \(Self.digits(fields.hour, 2)):\(Self.digits(fields.minute, 2)):\(Self.digits(fields.second, 2)) GMT"
    }

    /// Seconds since 1970 as a decimal number, such as `1440938160.25`, as JSON documents have it.
    public var epochFormat: String {
        guard self.secondsSinceEpoch < 0, self.nanoseconds > 0 else { return "\(self.secondsSinceEpoch)\(self.fraction)" }
        // The nanoseconds count forward from the second before.
        let towardsZero = AWSTimestamp(secondsSinceEpoch: self.secondsSinceEpoch + 1, nanoseconds: 1_000_000_000 - self.nanoseconds)
        return "-\(-towardsZero.secondsSinceEpoch)\(towardsZero.fraction)"
    }

    /// Reads any of the three forms.
    ///
    /// - Parameter text: a date and time of ISO 8601 with `Z` or an offset, one of a header field, or a decimal number of seconds since
    ///   1970; digits beyond the nanosecond are dropped. Anything else gives nil.
    public init?(_ text: String) {
        var parser = TimestampParser(text)
        guard let moment = parser.epoch() ?? parser.extended() ?? parser.header() else { return nil }
        self = moment
    }

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

    /// The nanoseconds as a fraction with its point, without trailing zeros; empty where there are none.
    private var fraction: String {
        guard self.nanoseconds > 0 else { return "" }
        var digits = Self.digits(Int64(self.nanoseconds), 9)
        while digits.hasSuffix("0") { digits.removeLast() }
        return ".\(digits)"
    }
}

extension AWSTimestamp: JSONEncodable {
    /// Writes seconds since 1970 as a number.
    public func encode(into writer: inout JSONWriter) {
        if let number = JSONNumber(self.epochFormat) { writer.number(number) }
    }
}

extension AWSTimestamp: JSONDecodable {
    /// Reads a number of seconds since 1970, or a text in any form of a moment.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        let text = try reader.peek() == .string ? reader.readString() : reader.readNumber().description
        guard let moment = AWSTimestamp(text) else {
            throw JSONError(.invalidValue, at: offset, message: "the value is no date and time")
        }
        self = moment
    }
}
