// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Testing

@Suite struct TimestampFormatTests {
    static let moments: [(AWSTimestamp, extended: String, header: String, epoch: String)] = [
        (AWSTimestamp(secondsSinceEpoch: 0), "1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "0"),
        (
            AWSTimestamp(secondsSinceEpoch: 1_440_938_160, nanoseconds: 250_000_000), "2015-08-30T12:36:00.25Z",
            "Sun, 30 Aug 2015 12:36:00 GMT", "1440938160.25"
        ),
        (
            AWSTimestamp(secondsSinceEpoch: 951_782_400, nanoseconds: 1), "2000-02-29T00:00:00.000000001Z", "Tue, 29 Feb 2000 00:00:00 GMT",
            "951782400.000000001"
        ),
        (
            AWSTimestamp(secondsSinceEpoch: -2, nanoseconds: 500_000_000), "1969-12-31T23:59:58.5Z", "Wed, 31 Dec 1969 23:59:58 GMT",
            "-1.5"
        ),
        (AWSTimestamp(secondsSinceEpoch: -1, nanoseconds: 500_000_000), "1969-12-31T23:59:59.5Z", "Wed, 31 Dec 1969 23:59:59 GMT", "-0.5"),
        (AWSTimestamp(secondsSinceEpoch: -86_400), "1969-12-31T00:00:00Z", "Wed, 31 Dec 1969 00:00:00 GMT", "-86400"),
    ]

    @Test(arguments: moments) func `a moment is written in each form, and read back`(
        moment: AWSTimestamp, extended: String, header: String, epoch: String
    ) throws {
        #expect(moment.extendedFormat == extended)
        #expect(moment.headerFormat == header)
        #expect(moment.epochFormat == epoch)
        #expect(AWSTimestamp(extended) == moment)
        #expect(AWSTimestamp(epoch) == moment)
        #expect(AWSTimestamp(header) == AWSTimestamp(secondsSinceEpoch: moment.secondsSinceEpoch))
        #expect(try JSONReader.decode(AWSTimestamp.self, from: JSONWriter.encode(moment)) == moment)
    }

    @Test(arguments: [
        ("1.4409381602E9", 1_440_938_160, 200_000_047), ("2015-08-30T14:36:00+02:00", 1_440_938_160, 0),
        ("2015-08-30 12:36:00.1234567891Z", 1_440_938_160, 123_456_789), ("2015-08-30T12:36:00-0000", 1_440_938_160, 0),
        ("1e3", 1_000, 0),
    ])
    func `other ways to write a moment are read`(text: String, seconds: Int64, nanoseconds: Int) throws {
        let moment = try #require(AWSTimestamp(text))
        #expect(moment.secondsSinceEpoch == seconds)
        #expect(abs(moment.nanoseconds - nanoseconds) < 100)
    }

    @Test(arguments: [
        "", "-", "now", "2015-08-30", "2015-13-30T12:36:00Z", "2015-08-30T25:00:00Z", "2015-08-30T12:36:00", "Sun, 30 Aug 2015", "1e400",
        "99999999999999999999", "Sun, 30 Foo 2015 12:36:00 GMT", "0x10", "2015-08-30T12:36:00Zjunk", "nan",
    ])
    func `what is no moment is refused`(text: String) {
        #expect(AWSTimestamp(text) == nil)
    }

    @Test(arguments: ["2015-08-30T12:36:00.25Z", "Sun, 30 Aug 2015 12:36:00 GMT"]) func `a text that is cut is no moment`(text: String) {
        for length in 5..<text.utf8.count { #expect(AWSTimestamp(String(text.prefix(length))) == nil, "\(text.prefix(length))") }
    }
}
