// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSSigner
import TestSupport
import Testing

@Suite struct CredentialsCacheStateMachineTests {
    typealias Machine = CredentialsCacheStateMachine

    static let failure = AWSError(.credentials, code: "Down", message: "as the test says")

    static func at(_ seconds: Int64, uptime: Int64? = nil) -> Machine.Moment {
        Machine.Moment(time: AWSTimestamp(secondsSinceEpoch: seconds), uptime: .seconds(uptime ?? seconds))
    }

    static func credentials(_ name: String = "first", until seconds: Int64? = 3_600) -> AWSCredentials {
        AWSCredentials(
            accessKeyID: name, secretAccessKey: "secret", expiration: seconds.map { AWSTimestamp(secondsSinceEpoch: $0) })
    }

    static func id(_ value: UInt64) -> Machine.CallerID { .init(value) }

    /// A machine that got credentials at the time 0.
    static func filled(with credentials: AWSCredentials = credentials()) -> Machine {
        var machine = Machine(policy: CredentialsRefreshPolicy())
        _ = machine.credentialsRequested(by: self.id(0), at: self.at(0))
        _ = machine.refreshSucceeded(by: self.id(0), with: credentials, at: self.at(0), jitter: 0)
        return machine
    }

    @Test func `the first caller refreshes and the others wait for it`() {
        var machine = Machine(policy: CredentialsRefreshPolicy())
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(0)) == .refresh)
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(1)) == .wait)
        #expect(machine.credentialsRequested(by: Self.id(3), at: Self.at(1)) == .wait)
        #expect(
            machine.refreshSucceeded(by: Self.id(1), with: Self.credentials(), at: Self.at(2), jitter: 0)
                == .init(outcome: .use(Self.credentials()), waiting: [Self.id(2), Self.id(3)]))
        #expect(machine.credentialsRequested(by: Self.id(4), at: Self.at(3)) == .use(Self.credentials()))
    }

    @Test(arguments: [
        (Int64(0), Machine.CallerAction.use(credentials()), Machine.CallerAction.use(credentials())),
        (3_299, .use(credentials()), .use(credentials())),
        (3_300, .refresh, .use(credentials())),
        (3_539, .refresh, .use(credentials())),
        (3_540, .refresh, .wait),
        (3_599, .refresh, .wait),
        (3_600, .refresh, .wait),
        (9_999, .refresh, .wait),
    ])
    func `how near the expiry is decides who refreshes and who waits`(
        second: Int64, first: Machine.CallerAction, next: Machine.CallerAction
    ) {
        var machine = Self.filled()
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(second)) == first)
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(second)) == next)
    }

    @Test func `credentials without an expiry are asked for again now and then, and serve meanwhile`() {
        let lasting = Self.credentials(until: nil)
        var machine = Self.filled(with: lasting)
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(.max, uptime: 899)) == .use(lasting))
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(.min, uptime: 900)) == .refresh)
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(0, uptime: 9_999)) == .use(lasting))
        #expect(
            machine.refreshFailed(by: Self.id(1), with: Self.failure, at: Self.at(0, uptime: 9_999), jitter: 0)
                == .init(outcome: .use(lasting), waiting: []))
        #expect(machine.delayUntilRefresh(at: Self.at(0, uptime: 9_999)) == .milliseconds(250))
        #expect(machine.credentialsRequested(by: Self.id(3), at: Self.at(0, uptime: 10_000)) == .refresh)
    }

    @Test func `the windows of short-lived credentials are parts of their life`() {
        var machine = Self.filled(with: Self.credentials(until: 100))
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(49)) == .use(Self.credentials(until: 100)))
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(50)) == .refresh)
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(74)) == .use(Self.credentials(until: 100)))
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(75)) == .wait)
    }

    @Test func `after a failed refresh the old credentials serve while they are valid, and the source is asked again`() {
        var machine = Self.filled()
        let old = Self.credentials()
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(3_550)) == .refresh)
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(3_550)) == .wait)
        #expect(
            machine.refreshFailed(by: Self.id(1), with: Self.failure, at: Self.at(3_560), jitter: 0.99)
                == .init(outcome: .use(old), waiting: [Self.id(2)]))
        // Half a second at most after the first failure.
        #expect(machine.credentialsRequested(by: Self.id(3), at: Self.at(3_560)) == .use(old))
        #expect(machine.credentialsRequested(by: Self.id(3), at: Self.at(3_561)) == .refresh)
        let new = Self.credentials("second", until: 7_200)
        #expect(
            machine.refreshSucceeded(by: Self.id(3), with: new, at: Self.at(3_562), jitter: 0)
                == .init(outcome: .use(new), waiting: []))
        #expect(machine.credentialsRequested(by: Self.id(4), at: Self.at(3_600)) == .use(new))
    }

    @Test func `without valid credentials the error is given until the source is asked again, which always comes`() {
        var machine = Machine(policy: CredentialsRefreshPolicy())
        var (uptime, waits) = (Duration.zero, [Duration]())
        for _ in 0..<40 {
            let moment = Machine.Moment(time: AWSTimestamp(secondsSinceEpoch: 0), uptime: uptime)
            #expect(machine.credentialsRequested(by: Self.id(1), at: moment) == .refresh)
            #expect(
                machine.refreshFailed(by: Self.id(1), with: Self.failure, at: moment, jitter: 0)
                    == .init(outcome: .fail(Self.failure), waiting: []))
            #expect(machine.credentialsRequested(by: Self.id(2), at: moment) == .fail(Self.failure))
            let wait = machine.delayUntilRefresh(at: moment)
            waits.append(wait)
            uptime += wait
        }
        #expect(waits.prefix(4) == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
        #expect(waits.last == .milliseconds(7_500))
    }

    @Test func `a clock that is set does not prolong the wait after a failure`() {
        var machine = Machine(policy: CredentialsRefreshPolicy())
        _ = machine.credentialsRequested(by: Self.id(1), at: Self.at(1_000_000, uptime: 5))
        _ = machine.refreshFailed(by: Self.id(1), with: Self.failure, at: Self.at(1_000_000, uptime: 5), jitter: 0)
        #expect(machine.credentialsRequested(by: Self.id(2), at: Self.at(-1_000_000, uptime: 6)) == .refresh)
    }

    @Test func `the refresh of a cancelled caller goes over to one that waits`() {
        var machine = Machine(policy: CredentialsRefreshPolicy())
        _ = machine.credentialsRequested(by: Self.id(1), at: Self.at(0))
        _ = machine.credentialsRequested(by: Self.id(2), at: Self.at(0))
        _ = machine.credentialsRequested(by: Self.id(3), at: Self.at(0))
        machine.waitAbandoned(by: Self.id(2))
        #expect(machine.refreshAbandoned(by: Self.id(1)) == Self.id(3))
        // The first one's answer comes too late to count.
        #expect(machine.refreshSucceeded(by: Self.id(1), with: Self.credentials("late"), at: Self.at(1), jitter: 0) == nil)
        #expect(machine.refreshFailed(by: Self.id(1), with: Self.failure, at: Self.at(1), jitter: 0) == nil)
        #expect(machine.refreshAbandoned(by: Self.id(3)) == nil)
        #expect(machine.credentialsRequested(by: Self.id(4), at: Self.at(1)) == .refresh)
    }

    @Test func `credentials that are expired when they come are a failure`() {
        var machine = Machine(policy: CredentialsRefreshPolicy())
        _ = machine.credentialsRequested(by: Self.id(1), at: Self.at(5_000))
        let completion = machine.refreshSucceeded(by: Self.id(1), with: Self.credentials(), at: Self.at(5_000), jitter: 0)
        #expect(completion == .init(outcome: .fail(AWSError(.credentials, code: .expiredCredentials, message: "")), waiting: []))
    }

    @Test func `refused credentials are dropped, others are not, and not at every refusal`() {
        var machine = Self.filled()
        machine.credentialsRefused(Self.credentials("other"), at: Self.at(1))
        #expect(machine.freshCredentials(at: Self.at(1)) == Self.credentials())
        machine.credentialsRefused(Self.credentials(), at: Self.at(1))
        #expect(machine.freshCredentials(at: Self.at(1)) == nil)
        #expect(machine.credentialsRequested(by: Self.id(1), at: Self.at(1)) == .refresh)
        _ = machine.refreshSucceeded(by: Self.id(1), with: Self.credentials(), at: Self.at(2), jitter: 0)
        machine.credentialsRefused(Self.credentials(), at: Self.at(3))
        #expect(machine.freshCredentials(at: Self.at(3)) == Self.credentials())
        machine.credentialsRefused(Self.credentials(), at: Self.at(16))
        #expect(machine.freshCredentials(at: Self.at(16)) == nil)
    }

    @Test func `who refreshes ahead wakes when the advisory window opens, and looks at the clock meanwhile`() {
        let machine = Self.filled()
        #expect(machine.delayUntilRefresh(at: Self.at(0)) == .seconds(60))
        #expect(machine.delayUntilRefresh(at: Self.at(3_290)) == .seconds(10))
        #expect(machine.delayUntilRefresh(at: Self.at(3_400)) == .zero)
        #expect(machine.delayUntilRefresh(at: Self.at(.min, uptime: 0)) == .seconds(60))
        #expect(Self.filled(with: Self.credentials(until: nil)).delayUntilRefresh(at: Self.at(0)) == .seconds(60))
    }

    /// Callers that come, wait, leave, and a source that answers, fails and hangs, in an order that the seed gives.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `whatever happens, one refresh is under way, nobody is forgotten, and nothing expired is given`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var machine = Machine(policy: CredentialsRefreshPolicy())
        var (time, uptime, next) = (Int64(0), Duration.zero, UInt64(0))
        var refreshing: Machine.CallerID?
        var waiting: Set<Machine.CallerID> = []
        var current: AWSCredentials?
        func moment() -> Machine.Moment { .init(time: AWSTimestamp(secondsSinceEpoch: time), uptime: uptime) }
        func check(_ credentials: AWSCredentials) {
            #expect(credentials == current)
            #expect(credentials.expiration.map { $0.secondsSinceEpoch > time } ?? true)
        }
        for _ in 0..<3_000 {
            let step = Int64.random(in: 0...300, using: &generator)
            uptime += .seconds(step)
            // Sometimes the clock is set.
            time += Int.random(in: 0..<50, using: &generator) == 0 ? Int64.random(in: -4_000...4_000, using: &generator) : step
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<5:
                next += 1
                switch machine.credentialsRequested(by: Self.id(next), at: moment()) {
                case .use(let credentials): check(credentials)
                case .refresh:
                    #expect(refreshing == nil)
                    refreshing = Self.id(next)
                case .wait:
                    #expect(refreshing != nil)
                    waiting.insert(Self.id(next))
                case .fail:
                    #expect(refreshing == nil)
                    #expect(machine.delayUntilRefresh(at: moment()) <= .seconds(15))
                }
            case 5, 6:
                guard let caller = refreshing else { continue }
                var lifetime: Int64? = Int64.random(in: -10...4_000, using: &generator)
                if Int.random(in: 0..<20, using: &generator) == 0 { lifetime = nil }
                let new = Self.credentials("\(next)", until: lifetime.map { time + $0 })
                let isFailure = Bool.random(using: &generator)
                let completion =
                    isFailure
                    ? machine.refreshFailed(by: caller, with: Self.failure, at: moment(), jitter: 0.5)
                    : machine.refreshSucceeded(by: caller, with: new, at: moment(), jitter: 0.5)
                if !isFailure, (lifetime ?? 1) > 0 { current = new }
                guard let completion else {
                    Issue.record("the refresh was the caller's")
                    return
                }
                if case .use(let credentials) = completion.outcome { check(credentials) }
                #expect(Set(completion.waiting) == waiting)
                waiting = []
                refreshing = nil
            case 7:
                guard let caller = refreshing else { continue }
                refreshing = machine.refreshAbandoned(by: caller)
                if let refreshing { #expect(waiting.remove(refreshing) != nil) } else { #expect(waiting.isEmpty) }
            case 8:
                guard let caller = waiting.min(by: { $0.value < $1.value }) else { continue }
                machine.waitAbandoned(by: caller)
                waiting.remove(caller)
            default:
                if let current { machine.credentialsRefused(current, at: moment()) }
            }
        }
    }
}
