// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSSigner
import Foundation
import Testing

@Suite struct AWSTimestampTests {
    @Test(
        arguments: [
            (0, "19700101T000000Z"), (1_440_938_160, "20150830T123600Z"), (951_782_400, "20000229T000000Z"), (-1, "19691231T235959Z"),
            (4_107_542_399, "21000228T235959Z"), (4_107_542_400, "21000301T000000Z"), (253_402_300_799, "99991231T235959Z"),
            (-62_135_596_800, "00010101T000000Z"), (.max, "99991231T235959Z"), (.min, "00010101T000000Z"),
        ] as [(Int64, String)])
    func `a moment has the basic form of ISO 8601`(seconds: Int64, text: String) {
        #expect(AWSTimestamp(secondsSinceEpoch: seconds).basicFormat == text)
    }

    @Test func `each day of 400 years has the date that Foundation computes`() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: 0, to: 146_097, by: 1) {
            let seconds = Int64(day) * 86_400 + 43_200
            let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: TimeInterval(seconds)))
            let (year, month, dayOfMonth) = (try #require(parts.year), try #require(parts.month), try #require(parts.day))
            let expected = year * 10_000 + month * 100 + dayOfMonth
            let text = AWSTimestamp(secondsSinceEpoch: seconds).basicFormat
            guard text == "\(expected)T120000Z" else {
                Issue.record("\(text) is not \(expected)")
                return
            }
        }
    }

    @Test func `now is what Foundation's clock shows`() {
        let before = Int64(Date().timeIntervalSince1970)
        let now = AWSTimestamp.now.secondsSinceEpoch
        #expect((before - 1...Int64(Date().timeIntervalSince1970)).contains(now))
    }
}
