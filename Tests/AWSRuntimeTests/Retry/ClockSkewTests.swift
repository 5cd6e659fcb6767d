// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import Testing

@Suite struct ClockSkewTests {
    /// Sun, 06 Nov 1994 08:49:37 GMT.
    static let moment = AWSTimestamp(secondsSinceEpoch: 784_111_777)
    static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

    struct Refusal: Sendable {
        var code: AWSErrorCode = "RequestTimeTooSkewed"
        var date: String? = ClockSkewTests.date
        var difference: Int64 = 3_600
        var isExplained: Bool
    }

    @Test(arguments: [
        Refusal(isExplained: true), Refusal(code: "RequestExpired", isExplained: true),
        Refusal(code: "InvalidSignatureException", isExplained: true),
        Refusal(code: "SignatureDoesNotMatch", difference: -240, isExplained: true),
        Refusal(code: "SignatureDoesNotMatch", difference: 239, isExplained: false), Refusal(code: "AccessDenied", isExplained: false),
        Refusal(date: nil, isExplained: false), Refusal(date: "soon", isExplained: false), Refusal(date: "784111777", isExplained: false),
        Refusal(date: "Sun, 06 Nov 1994 08:49:37 CET", isExplained: false),
    ])
    func `a refusal is explained by a date that is far off`(refusal: Refusal) {
        var skew = ClockSkew()
        let now = AWSTimestamp(secondsSinceEpoch: Self.moment.secondsSinceEpoch + refusal.difference)
        let isExplained = skew.requestRefused(by: "host", code: refusal.code, date: refusal.date, signed: now, at: now)
        #expect(isExplained == refusal.isExplained)
        #expect(skew.time(of: "host", at: now) == (refusal.isExplained ? Self.moment : now))
        #expect(skew.time(of: "other", at: now) == now)
    }

    @Test func `a time that was corrected already explains nothing more`() {
        var skew = ClockSkew()
        let now = AWSTimestamp(secondsSinceEpoch: 0)
        let first = skew.requestRefused(by: "host", code: "RequestExpired", date: Self.date, signed: now, at: now)
        let corrected = skew.time(of: "host", at: now)
        let second = skew.requestRefused(by: "host", code: "RequestExpired", date: Self.date, signed: corrected, at: now)
        #expect(first && !second)
    }

    @Test func `the differences of a bounded number of hosts are kept`() {
        var skew = ClockSkew()
        let now = AWSTimestamp(secondsSinceEpoch: 0)
        for number in 0...ClockSkew.maximumHosts {
            _ = skew.requestRefused(by: "host\(number)", code: "RequestExpired", date: Self.date, signed: now, at: now)
        }
        #expect(skew.time(of: "host0", at: now) == now)
        #expect(skew.time(of: "host\(ClockSkew.maximumHosts)", at: now) == Self.moment)
    }
}
