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
            let waited = limiter.sendAlone(at: now)
            #expect(abs(waited - wait) < 1e-6)
            now = try #require(facts[1].doubleValue)
            limiter.attemptEnded(wasThrottled: facts[2].boolValue == true, at: now)
            #expect(abs(limiter.fillRate - (try #require(facts[3].doubleValue))) < 1e-6)
        }
    }

    @Test func `nothing waits before the first throttling`() {
        var limiter = SendRateLimiter(at: 0)
        for second in 0..<100 {
            #expect(limiter.attemptStarted() == nil)
            limiter.attemptEnded(wasThrottled: false, at: Double(second))
        }
        #expect(!limiter.isEnabled)
    }

    @Test func `attempts that start together wait one after the other, and one that gives up makes room`() {
        var limiter = SendRateLimiter(at: 0)
        limiter.attemptEnded(wasThrottled: true, at: 0)
        #expect(limiter.fillRate == 0.5)
        var places = limiter.lineUp(3)
        let waits = places.map { limiter.takeToken(for: $0, at: 0) }
        #expect(waits == [.seconds(2), .seconds(4), .seconds(6)])
        // The token that there is by then is not for who came later.
        let later = limiter.takeToken(for: places[1], at: 2)
        #expect(later == .seconds(2))
        let first = limiter.takeToken(for: places[0], at: 2)
        #expect(first == .zero)
        limiter.attemptCancelled(places[1])
        places = [places[2]] + limiter.lineUp(1)
        let others = places.map { limiter.takeToken(for: $0, at: 2) }
        #expect(others == [.seconds(2), .seconds(4)])
    }

    @Test func `attempts that wait are sent in their order, and sooner when the rate grows`() {
        var limiter = SendRateLimiter(at: 0)
        limiter.attemptEnded(wasThrottled: true, at: 0)
        let places = limiter.lineUp(200)
        let longest = places.map { limiter.takeToken(for: $0, at: 0) }.max()
        #expect(longest == .seconds(400))
        var waiting = places.map { (place: $0, wakeup: 0.0) }
        var sent: [SendRateLimiter.Place] = []
        var now = 0.0
        while now < 400, let index = waiting.indices.min(by: { waiting[$0].wakeup < waiting[$1].wakeup }) {
            now = waiting[index].wakeup
            let delay = limiter.takeToken(for: waiting[index].place, at: now)
            if delay > .zero {
                waiting[index].wakeup = now + min(delay / .seconds(1), 1)
            } else {
                sent.append(waiting.remove(at: index).place)
                limiter.attemptEnded(wasThrottled: false, at: now)
            }
        }
        #expect(sent == places)
        #expect(now < 10)
    }

    @Test func `a clock that goes backwards gives no tokens`() {
        var limiter = SendRateLimiter(at: 100)
        limiter.attemptEnded(wasThrottled: true, at: 100)
        let places = limiter.lineUp(2)
        let waits = zip(places, [100.0, 50.0]).map { limiter.takeToken(for: $0, at: $1) }
        #expect(waits == [.seconds(2), .seconds(4)])
    }

    @Test func `any order of answers leaves a rate above zero and waits that end`() {
        var generator = SeededGenerator(seed: 7)
        var limiter = SendRateLimiter(at: 0)
        var now = 0.0
        var line: [SendRateLimiter.Place] = []
        for _ in 0..<10_000 {
            now += Double.random(in: -0.5..<2, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: line += limiter.lineUp(1)
            case 1:
                guard let index = line.indices.randomElement(using: &generator) else { continue }
                let wait = limiter.takeToken(for: line[index], at: now)
                #expect(wait >= .zero && wait < .seconds(2 * (index + 2)))
                if wait == .zero { line.remove(at: index) }
            case 2:
                guard let index = line.indices.randomElement(using: &generator) else { continue }
                limiter.attemptCancelled(line.remove(at: index))
            default: limiter.attemptEnded(wasThrottled: Bool.random(using: &generator), at: now)
            }
            #expect(limiter.fillRate >= 0.5 && limiter.fillRate.isFinite)
        }
    }
}

extension SendRateLimiter {
    /// Lines up as many attempts; none where they need no place.
    fileprivate mutating func lineUp(_ count: Int) -> [Place] {
        var places: [Place] = []
        for _ in 0..<count { if let place = self.attemptStarted() { places.append(place) } }
        return places
    }

    /// Sends an attempt while no other waits.
    ///
    /// - Returns: how long it waits for its token, in seconds.
    fileprivate mutating func sendAlone(at now: Double) -> Double {
        guard let place = self.attemptStarted() else { return 0 }
        let wait = self.takeToken(for: place, at: now) / .seconds(1)
        let rest = self.takeToken(for: place, at: now + wait)
        #expect(rest == .zero, "a token is there when it was said to be")
        return wait
    }
}
