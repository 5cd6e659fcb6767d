// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import JSONCoding
import TestSupport
import Testing

/// The limiter of the mode `adaptive`, held against botocore's; `Scripts/record-aws-rates.py` writes the fixture.
@Suite struct SendRateLimiterTests {
    @Test(arguments: 0..<3) func `the rate follows throttling as botocore's does`(walk: Int) throws {
        let rows = try #require(try fixture("rates")["walks"]?.arrayValue?[walk].arrayValue)
        var limiter = SendRateLimiter(at: 0)
        var now = 0.0
        for row in rows {
            let facts = try #require(row.arrayValue)
            let wait = try #require(facts[0].doubleValue)
            #expect(abs(limiter.attemptStarted(at: now) / .seconds(1) - wait) < 1e-6)
            now = try #require(facts[1].doubleValue)
            limiter.attemptEnded(wasThrottled: facts[2].boolValue == true, at: now)
            #expect(abs(limiter.fillRate - (try #require(facts[3].doubleValue))) < 1e-6)
        }
    }

    @Test func `nothing waits before the first throttling`() {
        var limiter = SendRateLimiter(at: 0)
        for second in 0..<100 {
            #expect(limiter.attemptStarted(at: Double(second)) == .zero)
            limiter.attemptEnded(wasThrottled: false, at: Double(second))
        }
        #expect(!limiter.isEnabled)
    }

    @Test func `attempts that start together wait one after the other, and one that gives up makes room`() {
        var limiter = SendRateLimiter(at: 0)
        limiter.attemptEnded(wasThrottled: true, at: 0)
        #expect(limiter.fillRate == 0.5)
        #expect(limiter.attemptStarted(at: 0) == .seconds(2))
        #expect(limiter.attemptStarted(at: 0) == .seconds(4))
        limiter.attemptCancelled()
        #expect(limiter.attemptStarted(at: 0) == .seconds(4))
    }

    @Test func `a clock that goes backwards gives no tokens`() {
        var limiter = SendRateLimiter(at: 100)
        limiter.attemptEnded(wasThrottled: true, at: 100)
        _ = limiter.attemptStarted(at: 100)
        #expect(limiter.attemptStarted(at: 50) >= .seconds(4))
    }

    @Test func `any order of answers leaves a rate above zero and waits that end`() {
        var generator = SeededGenerator(seed: 7)
        var limiter = SendRateLimiter(at: 0)
        var now = 0.0
        for _ in 0..<10_000 {
            now += Double.random(in: -0.5..<2, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0:
                let wait = limiter.attemptStarted(at: now)
                #expect(wait >= .zero && wait < .seconds(86_400))
            case 1: limiter.attemptCancelled()
            default: limiter.attemptEnded(wasThrottled: Bool.random(using: &generator), at: now)
            }
            #expect(limiter.fillRate >= 0.5 && limiter.fillRate.isFinite)
        }
    }
}
