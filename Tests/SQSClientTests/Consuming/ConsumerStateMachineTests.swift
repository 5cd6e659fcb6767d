// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SQSClient
import TestSupport
import Testing

/// When messages are asked for, who gets them, and how long they stay hidden; time is a number.
@Suite struct ConsumerStateMachineTests {
    static let start = ContinuousClock.now

    static func machine(
        maximumMessages: Int = 100, pollers: Int = 2, keepsGroups: Bool = true, maximumHandlingTime: Duration = .seconds(60)
    ) -> ConsumerStateMachine {
        var configuration = MessageConsumerConfiguration()
        configuration.maximumMessages = maximumMessages
        configuration.pollers = pollers
        configuration.visibilityTimeout = .seconds(30)
        configuration.maximumHandlingTime = maximumHandlingTime
        return ConsumerStateMachine(configuration, keepsGroups: keepsGroups)
    }

    @Test func `one poller waits, and others join while messages come`() {
        var machine = Self.machine()
        #expect(machine.started(at: Self.start) == [.poll(10)])
        #expect(machine.pollAnswered([], asked: 10, at: Self.start) == [.poll(10)])
        #expect(
            machine.pollAnswered([(id: 1, group: nil)], asked: 10, at: Self.start) == [
                .poll(10), .poll(10), .setTimer(Self.start + .seconds(15)),
            ])
    }

    @Test func `no more messages are asked for than there is room, until some have gone`() {
        var machine = Self.machine(maximumMessages: 2, keepsGroups: false)
        #expect(machine.started(at: Self.start) == [.poll(2)])
        _ = machine.nextRequested(7, at: Self.start)
        #expect(
            machine.pollAnswered([(id: 1, group: nil), (id: 2, group: nil)], asked: 2, at: Self.start) == [
                .deliver(1, to: 7), .setTimer(Self.start + .seconds(15)),
            ])
        #expect(machine.handled(1, at: Self.start) == [.delete(1)])
        #expect(machine.settlementEnded(1, at: Self.start) == [.forget(1), .poll(1)])
        #expect(machine.settlementEnded(1, at: Self.start) == [])
    }

    @Test func `the messages of a group are given one at a time, and one that is shown again takes those behind it along`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        _ = machine.nextRequested(8, at: Self.start)
        let received: [(id: UInt64, group: String?)] = [(1, "a"), (2, "a"), (3, "a"), (4, "b")]
        let actions = machine.pollAnswered(received, asked: 10, at: Self.start)
        #expect(actions.starts(with: [.deliver(1, to: 7), .deliver(4, to: 8)]))
        #expect(machine.nextRequested(9, at: Self.start) == [])
        #expect(machine.handled(1, at: Self.start) == [.delete(1), .deliver(2, to: 9)])
        #expect(machine.released(2, after: .seconds(5), at: Self.start) == [.release(2, after: .seconds(5)), .release(3, after: .zero)])
        #expect(machine.released(2, after: .zero, at: Self.start) == [])
    }

    @Test func `a message is hidden again when half of its time is over, as long as it may be handled`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        _ = machine.pollAnswered([(id: 1, group: nil)], asked: 10, at: Self.start)
        var extensions: [Int] = []
        for second in stride(from: 15, to: 150, by: 15) {
            let now = Self.start + .seconds(second)
            guard machine.timerFired(at: now).contains(.extend(1, for: .seconds(30))) else { continue }
            extensions.append(second)
            machine.extended(1, hiddenUntil: now + .seconds(30))
        }
        // The second one lasts until the 60 seconds are over.
        #expect(extensions == [15, 30])
    }

    @Test func `no message is hidden beyond the time it may be handled`() {
        var machine = Self.machine(maximumHandlingTime: .milliseconds(50_500))
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        _ = machine.pollAnswered([(id: 1, group: nil)], asked: 10, at: Self.start)
        #expect(machine.timerFired(at: Self.start + .seconds(15)).first == .extend(1, for: .seconds(30)))
        machine.extended(1, hiddenUntil: Self.start + .seconds(45))
        #expect(machine.timerFired(at: Self.start + .seconds(30)) == [.extend(1, for: .seconds(20))])
        // Tried again, it is for what is left by then.
        _ = machine.extensionFailed(1, isRetryable: true, at: Self.start + .seconds(38))
        #expect(machine.timerFired(at: Self.start + .seconds(39)) == [.extend(1, for: .seconds(11))])
        machine.extended(1, hiddenUntil: Self.start + .seconds(50))
        #expect(machine.timerFired(at: Self.start + .seconds(45)) == [])
    }

    @Test func `hiding that failed for now is tried again as long as the message is hidden, and one that failed for good is not`() {
        for isRetryable in [true, false] {
            var machine = Self.machine()
            _ = machine.started(at: Self.start)
            _ = machine.nextRequested(7, at: Self.start)
            _ = machine.pollAnswered([(id: 1, group: nil)], asked: 10, at: Self.start)
            var attempts: [Int] = []
            for second in 1..<40 {
                let now = Self.start + .seconds(second)
                guard machine.timerFired(at: now).contains(.extend(1, for: .seconds(30))) else { continue }
                attempts.append(second)
                _ = machine.extensionFailed(1, isRetryable: isRetryable, at: now)
            }
            #expect(attempts == (isRetryable ? Array(15..<30) : [15]))
        }
    }

    @Test func `hiding that is refused once the message is settled is of no account`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        _ = machine.pollAnswered([(id: 1, group: nil)], asked: 10, at: Self.start)
        #expect(machine.timerFired(at: Self.start + .seconds(15)).first == .extend(1, for: .seconds(30)))
        #expect(machine.isKeptHidden(1) == true)
        _ = machine.handled(1, at: Self.start + .seconds(15))
        #expect(machine.isKeptHidden(1) == false)
        #expect(machine.extensionFailed(1, isRetryable: false, at: Self.start + .seconds(15)) == [])
    }

    @Test func `what is hidden after all goes on being hidden`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        _ = machine.pollAnswered([(id: 1, group: nil)], asked: 10, at: Self.start)
        #expect(machine.timerFired(at: Self.start + .seconds(15)).first == .extend(1, for: .seconds(30)))
        #expect(machine.extensionFailed(1, isRetryable: true, at: Self.start + .seconds(15)) == [.setTimer(Self.start + .seconds(16))])
        #expect(machine.timerFired(at: Self.start + .seconds(16)).first == .extend(1, for: .seconds(30)))
        machine.extended(1, hiddenUntil: Self.start + .seconds(46))
        #expect(machine.timerFired(at: Self.start + .seconds(17)) == [])
        #expect(machine.timerFired(at: Self.start + .seconds(30)).first == .extend(1, for: .seconds(30)))
    }

    @Test func `a message whose time was over before anybody took it is dropped, since it comes again`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.pollAnswered([(id: 1, group: "a"), (id: 2, group: "a")], asked: 10, at: Self.start)
        #expect(machine.extensionFailed(1, isRetryable: false, at: Self.start + .seconds(15)) == [])
        #expect(machine.nextRequested(7, at: Self.start + .seconds(30)).starts(with: [.forget(1), .release(2, after: .zero)]))
    }

    @Test func `a poll that failed is made again after a while, which grows, and one that cannot succeed ends the waits`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        let first = Self.start + .milliseconds(500)
        #expect(machine.pollFailed(asked: 10, isRetryable: true, jitter: 0, at: Self.start) == [.setTimer(first)])
        #expect(machine.timerFired(at: first) == [.poll(10)])
        #expect(machine.pollFailed(asked: 10, isRetryable: true, jitter: 0, at: first) == [.setTimer(first + .seconds(1))])
        #expect(machine.timerFired(at: first + .seconds(1)) == [.poll(10)])
        #expect(machine.pollFailed(asked: 10, isRetryable: false, jitter: 0, at: first) == [.end(7)])
        #expect(machine.nextRequested(8, at: first) == [.end(8)])
    }

    @Test func `at the end all that is not deleted is shown again, and what comes late too`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(7, at: Self.start)
        _ = machine.pollAnswered([(id: 1, group: "a"), (id: 2, group: "a")], asked: 10, at: Self.start)
        _ = machine.nextRequested(8, at: Self.start)
        _ = machine.handled(1, at: Self.start)
        #expect(machine.stopped(at: Self.start) == [.release(2, after: .zero)])
        _ = machine.settlementEnded(2, at: Self.start)
        #expect(machine.pollAnswered([(id: 3, group: nil)], asked: 10, at: Self.start) == [.release(3, after: .zero)])
        _ = machine.settlementEnded(1, at: Self.start)
        _ = machine.settlementEnded(3, at: Self.start)
        #expect(machine.pollAnswered([], asked: 10, at: Self.start) == [.finish])
    }

    @Test func `what has gone, and who waits no more, takes no memory, whoever is before them`() {
        var machine = Self.machine()
        _ = machine.started(at: Self.start)
        _ = machine.nextRequested(0, at: Self.start)
        _ = machine.pollAnswered([(id: 0, group: nil)], asked: 10, at: Self.start)
        for id in UInt64(1)...1_000 {
            _ = machine.nextRequested(id, at: Self.start)
            _ = machine.pollAnswered([(id: id, group: nil)], asked: 10, at: Self.start)
            _ = machine.handled(id, at: Self.start)
            _ = machine.settlementEnded(id, at: Self.start)
        }
        for id in UInt64(2_000)...3_000 {
            _ = machine.nextRequested(id, at: Self.start)
            machine.nextCancelled(id)
        }
        #expect(machine.queued < 50)
    }

    @Test(arguments: UInt64(0)..<200)
    func `whatever happens, limits and order are kept, nothing shows too early and each message is settled once`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(seed: seed)
        var walk = ConsumerWalk()
        for _ in 0..<400 { walk.step(using: &generator) }
        walk.end(using: &generator)
        #expect(walk.problems == [])
    }
}

/// Plays a queue and its consumers at random, and notes what the machine should not do.
private struct ConsumerWalk: ~Copyable {
    private static let maximum = 12
    private static let timeout = Duration.seconds(30)

    private var machine: ConsumerStateMachine
    private var now = ContinuousClock.now
    private var timers: [ContinuousClock.Instant] = []
    private var polls: [Int] = []
    private var last: UInt64 = 0
    private var groups: [UInt64: String] = [:]
    /// Those that are here and not settled, and until when they are hidden.
    private var hidden: [UInt64: ContinuousClock.Instant] = [:]
    private var handled: Set<UInt64> = []
    private var settling: [UInt64] = []
    private var lastOfGroup: [String: UInt64] = [:]
    private var extensions = 0
    private var hasFinished = false
    private(set) var problems: [String] = []

    init() {
        var configuration = MessageConsumerConfiguration()
        configuration.maximumMessages = Self.maximum
        configuration.pollers = 3
        configuration.visibilityTimeout = Self.timeout
        self.machine = ConsumerStateMachine(configuration, keepsGroups: true)
        self.take(self.machine.started(at: self.now))
    }

    mutating func step(using generator: inout SeededGenerator) {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0, 1: self.answer(using: &generator)
        case 2:
            self.last += 1
            self.take(self.machine.nextRequested(self.last, at: self.now))
            if Int.random(in: 0..<4, using: &generator) == 0 { self.machine.nextCancelled(self.last) }
        case 3, 4:
            guard let id = self.handled.sorted().randomElement(using: &generator) else { return }
            let isHandled = Bool.random(using: &generator)
            self.take(isHandled ? self.machine.handled(id, at: self.now) : self.machine.released(id, after: .zero, at: self.now))
        case 5, 6: self.settle()
        default:
            guard let next = self.timers.min() else { return }
            self.timers.removeAll { $0 == next }
            self.now = max(self.now, next)
            self.take(self.machine.timerFired(at: self.now))
        }
        let late = self.hidden.filter { $0.value <= self.now }
        if !late.isEmpty { self.problems.append("\(late.count) messages are shown while they are here") }
        if self.machine.count > Self.maximum { self.problems.append("\(self.machine.count) messages are here") }
        if self.polls.count > 3 { self.problems.append("\(self.polls.count) polls are under way") }
    }

    mutating func end(using generator: inout SeededGenerator) {
        self.take(self.machine.stopped(at: self.now))
        for _ in 0..<1_000 where !self.hasFinished {
            self.answer(using: &generator)
            self.settle()
        }
        if !self.hasFinished { self.problems.append("it does not come to its end") }
        if !self.hidden.isEmpty { self.problems.append("\(self.hidden.count) messages are not settled") }
    }

    private mutating func answer(using generator: inout SeededGenerator) {
        guard !self.polls.isEmpty else { return }
        let asked = self.polls.removeFirst()
        if Int.random(in: 0..<5, using: &generator) == 0 {
            return self.take(self.machine.pollFailed(asked: asked, isRetryable: true, jitter: 0.5, at: self.now))
        }
        var received: [(id: UInt64, group: String?)] = []
        for _ in 0..<Int.random(in: 0...asked, using: &generator) {
            self.last += 1
            let group: String? = ["a", "b", nil].randomElement(using: &generator) ?? nil
            self.groups[self.last] = group
            self.hidden[self.last] = self.now + Self.timeout
            received.append((self.last, group))
        }
        self.take(self.machine.pollAnswered(received, asked: asked, at: self.now))
    }

    private mutating func settle() {
        guard !self.settling.isEmpty else { return }
        self.take(self.machine.settlementEnded(self.settling.removeFirst(), at: self.now))
    }

    private mutating func take(_ actions: [ConsumerStateMachine.Action]) {
        for action in actions {
            switch action {
            case .setTimer(let time): self.timers.append(time)
            case .poll(let asked):
                if asked < 1 || asked > 10 { self.problems.append("\(asked) messages are asked for") }
                self.polls.append(asked)
            case .deliver(let id, _): self.delivered(id)
            case .delete(let id), .release(let id, _):
                if self.hidden.removeValue(forKey: id) == nil { self.problems.append("\(id) is settled twice") }
                self.handled.remove(id)
                self.settling.append(id)
            case .extend(let id, let duration):
                guard self.hidden[id] != nil else { break }
                self.extensions += 1
                // Two of three fail, for now.
                guard self.extensions.isMultiple(of: 3) else {
                    self.take(self.machine.extensionFailed(id, isRetryable: true, at: self.now))
                    break
                }
                self.hidden[id] = self.now + duration
                self.machine.extended(id, hiddenUntil: self.now + duration)
            case .forget(let id):
                if self.hidden[id] != nil { self.problems.append("\(id) is forgotten before it is settled") }
            case .end: break
            case .finish:
                if self.hasFinished { self.problems.append("it ends twice") }
                self.hasFinished = true
            }
        }
    }

    private mutating func delivered(_ id: UInt64) {
        guard self.hidden[id] != nil else { return self.problems.append("\(id) is given and not here") }
        if !self.handled.insert(id).inserted { self.problems.append("\(id) is given twice") }
        guard let group = self.groups[id] else { return }
        if self.handled.filter({ self.groups[$0] == group }).count > 1 { self.problems.append("two of a group are handled") }
        if let last = self.lastOfGroup[group], last > id { self.problems.append("\(id) is given after \(last)") }
        self.lastOfGroup[group] = id
    }
}
