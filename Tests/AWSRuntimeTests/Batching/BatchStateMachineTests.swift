// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import TestSupport
import Testing

/// What goes into which call, and when; time is a number.
@Suite struct BatchStateMachineTests {
    typealias Action = BatchStateMachine.Action
    static let start = ContinuousClock.now

    static func machine(
        entries: Int = 10, bytes: Int = .max, linger: Duration = .milliseconds(10), calls: Int = 1, attempts: Int = 3
    ) -> BatchStateMachine {
        BatchStateMachine(limits: BatchLimits(entries: entries, bytes: bytes, linger: linger, calls: calls, attempts: attempts))
    }

    @Test func `the first entry waits for others until its linger is over`() {
        var machine = Self.machine()
        let due = Self.start + .milliseconds(10)
        #expect(machine.submitted(1, bytes: 1, group: nil, at: Self.start) == [.setTimer(due)])
        #expect(machine.submitted(2, bytes: 1, group: nil, at: Self.start + .milliseconds(9)) == [])
        #expect(machine.timerFired(at: due) == [.send([1, 2])])
    }

    @Test func `a batch with as many entries as it may have goes at once`() {
        var machine = Self.machine(entries: 2)
        _ = machine.submitted(1, bytes: 1, group: nil, at: Self.start)
        #expect(machine.submitted(2, bytes: 1, group: nil, at: Self.start) == [.send([1, 2])])
    }

    @Test func `a batch with as many bytes as it may have goes at once, without the entry that is too much`() {
        var machine = Self.machine(bytes: 10, calls: 2)
        _ = machine.submitted(1, bytes: 6, group: nil, at: Self.start)
        // The timer of the first entry still stands.
        #expect(machine.submitted(2, bytes: 5, group: nil, at: Self.start + .milliseconds(1)) == [.send([1])])
        #expect(machine.timerFired(at: Self.start + .milliseconds(10)) == [.setTimer(Self.start + .milliseconds(11))])
        #expect(machine.timerFired(at: Self.start + .milliseconds(11)) == [.send([2])])
    }

    @Test func `what comes while all calls are under way goes when one is answered`() {
        var machine = Self.machine(entries: 1)
        #expect(machine.submitted(1, bytes: 1, group: nil, at: Self.start) == [.send([1])])
        #expect(machine.submitted(2, bytes: 1, group: nil, at: Self.start) == [])
        #expect(machine.callAnswered([(id: 1, outcome: .final)], at: Self.start) == [.complete(1), .send([2])])
    }

    @Test func `an entry that failed goes again alone, each time after twice the wait, as often as it may`() {
        var machine = Self.machine(linger: .zero)
        #expect(machine.submitted(1, bytes: 1, group: nil, at: Self.start) == [.send([1])])
        let second = Self.start + .milliseconds(100)
        #expect(machine.callAnswered([(id: 1, outcome: .retryable)], at: Self.start) == [.setTimer(second)])
        #expect(machine.timerFired(at: second) == [.send([1])])
        let third = second + .milliseconds(200)
        #expect(machine.callAnswered([(id: 1, outcome: .retryable)], at: second) == [.setTimer(third)])
        #expect(machine.timerFired(at: third) == [.send([1])])
        #expect(machine.callAnswered([(id: 1, outcome: .retryable)], at: third) == [.complete(1)])
        #expect(machine.count == 0)
    }

    @Test func `the entries of a group go one after the other, those of others at the same time`() {
        var machine = Self.machine(linger: .zero, calls: 3)
        #expect(machine.submitted(1, bytes: 1, group: "a", at: Self.start) == [.send([1])])
        #expect(machine.submitted(2, bytes: 1, group: "a", at: Self.start) == [])
        #expect(machine.submitted(3, bytes: 1, group: "b", at: Self.start) == [.send([3])])
        #expect(machine.callAnswered([(id: 1, outcome: .retryable)], at: Self.start) == [.setTimer(Self.start + .milliseconds(100))])
        #expect(machine.timerFired(at: Self.start + .milliseconds(100)) == [.send([1])])
        #expect(machine.callAnswered([(id: 1, outcome: .final)], at: Self.start + .milliseconds(200)) == [.complete(1), .send([2])])
    }

    @Test func `an entry that was taken back is not sent, one under way is`() {
        var machine = Self.machine()
        _ = machine.submitted(1, bytes: 1, group: "a", at: Self.start)
        _ = machine.submitted(2, bytes: 1, group: "a", at: Self.start)
        _ = machine.submitted(3, bytes: 1, group: "a", at: Self.start)
        #expect(machine.withdrawn(2, at: Self.start).isWithdrawn)
        #expect(machine.withdrawn(1, at: Self.start).isWithdrawn)
        #expect(machine.timerFired(at: Self.start + .milliseconds(10)) == [.send([3])])
        let (isWithdrawn, actions) = machine.withdrawn(3, at: Self.start)
        #expect(!isWithdrawn && actions == [])
    }

    @Test func `at the end nothing lingers, and the end comes after the last answer`() {
        var machine = Self.machine()
        _ = machine.submitted(1, bytes: 1, group: nil, at: Self.start)
        #expect(machine.finished(at: Self.start) == [.send([1])])
        #expect(machine.callAnswered([(id: 1, outcome: .final)], at: Self.start) == [.complete(1), .finish])
    }

    @Test(arguments: UInt64(0)..<200)
    func `whatever happens, each entry has one last outcome, calls keep their limits and groups their order`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        let limits = BatchLimits(entries: 4, bytes: 20, linger: .milliseconds(5), calls: 2, attempts: 3)
        var walk = BatchWalk(limits)
        for _ in 0..<300 { walk.step(using: &generator) }
        walk.end(using: &generator)
        #expect(walk.problems == [])
    }
}

/// Drives a machine at random, answers its calls, and notes what it should not do.
private struct BatchWalk: ~Copyable {
    private let limits: BatchLimits
    private var machine: BatchStateMachine
    private var now = ContinuousClock.now
    private var timers: [ContinuousClock.Instant] = []
    private var calls: [[UInt64]] = []
    private var last: UInt64 = 0
    private var bytes: [UInt64: Int] = [:]
    private var groups: [UInt64: String] = [:]
    private var open: Set<UInt64> = []
    private var failed: Set<UInt64> = []
    private var lastOfGroup: [String: UInt64] = [:]
    private var hasFinished = false
    private(set) var problems: [String] = []

    init(_ limits: BatchLimits) {
        self.limits = limits
        self.machine = BatchStateMachine(limits: limits)
    }

    mutating func step(using generator: inout SeededGenerator) {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0..<4:
            self.last += 1
            let id = self.last
            let group = ["a", "b", nil].randomElement(using: &generator) ?? nil
            self.bytes[id] = Int.random(in: 0...20, using: &generator)
            self.groups[id] = group
            self.open.insert(id)
            self.take(self.machine.submitted(id, bytes: self.bytes[id] ?? 0, group: group, at: self.now))
        case 4..<7: self.answer(using: &generator)
        case 7:
            guard let id = self.open.sorted().randomElement(using: &generator) else { return }
            let (isWithdrawn, actions) = self.machine.withdrawn(id, at: self.now)
            if isWithdrawn { self.open.remove(id) }
            self.take(actions)
        default: self.advance()
        }
    }

    /// Lets all that is under way come to its end.
    mutating func end(using generator: inout SeededGenerator) {
        self.take(self.machine.finished(at: self.now))
        for _ in 0..<10_000 where !self.hasFinished {
            self.answer(using: &generator)
            self.advance()
        }
        if !self.hasFinished { self.problems.append("it does not come to its end") }
        if !self.open.isEmpty { self.problems.append("\(self.open.count) entries have no outcome") }
        if self.machine.count != 0 { self.problems.append("entries are left") }
    }

    private mutating func answer(using generator: inout SeededGenerator) {
        guard !self.calls.isEmpty else { return }
        let call = self.calls.remove(at: Int.random(in: 0..<self.calls.count, using: &generator))
        let outcomes = call.map { (id: $0, outcome: Bool.random(using: &generator) ? BatchStateMachine.Outcome.final : .retryable) }
        for (id, outcome) in outcomes where outcome == .retryable { self.failed.insert(id) }
        self.take(self.machine.callAnswered(outcomes, at: self.now))
    }

    private mutating func advance() {
        guard let next = self.timers.min() else { return }
        self.timers.removeAll { $0 == next }
        self.now = max(self.now, next)
        self.take(self.machine.timerFired(at: self.now))
    }

    private mutating func take(_ actions: [BatchStateMachine.Action]) {
        for action in actions {
            switch action {
            case .setTimer(let time): self.timers.append(time)
            case .complete(let id):
                if self.open.remove(id) == nil { self.problems.append("\(id) has a second outcome") }
            case .finish:
                if self.hasFinished { self.problems.append("it ends twice") }
                self.hasFinished = true
            case .send(let ids): self.sent(ids)
            }
        }
    }

    private mutating func sent(_ ids: [UInt64]) {
        if ids.isEmpty || ids.count > self.limits.entries { self.problems.append("a call has \(ids.count) entries") }
        if ids.count > 1, ids.reduce(0, { $0 + (self.bytes[$1] ?? 0) }) > self.limits.bytes { self.problems.append("a call is too long") }
        if ids.count > 1, !self.failed.isDisjoint(with: ids) { self.problems.append("an entry that failed is not alone") }
        for id in ids {
            if !self.open.contains(id) { self.problems.append("\(id) is sent after its end") }
            guard let group = self.groups[id] else { continue }
            let isTwice = (self.calls.joined() + ids).filter { self.groups[$0] == group }.count > 1
            if isTwice { self.problems.append("two of a group are under way") }
            if let last = self.lastOfGroup[group], last > id { self.problems.append("\(id) is sent after \(last)") }
            self.lastOfGroup[group] = id
        }
        self.calls.append(ids)
        if self.calls.count > self.limits.calls { self.problems.append("too many calls are under way") }
    }
}
