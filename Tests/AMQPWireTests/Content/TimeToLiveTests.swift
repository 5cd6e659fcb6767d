// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct TimeToLiveTests {
    @Test(arguments: [
        (Duration.zero, "0"), (.milliseconds(1), "1"), (.seconds(60), "60000"), (.microseconds(1), "1"), (.microseconds(1_001), "2"),
        (.seconds(-1), "0"), (.nanoseconds(-1), "0"), (.seconds(Int64.max), "9223372036854775807"),
    ])
    func `a duration is rounded up to milliseconds`(duration: Duration, expiration: String) {
        var properties = AMQPProperties()
        properties.timeToLive = duration
        #expect(properties.expiration == expiration)
        properties.timeToLive = nil
        #expect(properties.expiration == nil)
    }

    @Test func `milliseconds are read as a duration`() {
        #expect(AMQPProperties(expiration: "1500").timeToLive == .milliseconds(1_500))
        #expect(AMQPProperties().timeToLive == nil)
    }

    @Test(arguments: ["", "x", "-1", "+1", "1.5", " 1", "99999999999999999999", "\u{0661}"])
    func `what is no number of milliseconds is none`(expiration: String) {
        #expect(AMQPProperties(expiration: expiration).timeToLive == nil)
    }
}
