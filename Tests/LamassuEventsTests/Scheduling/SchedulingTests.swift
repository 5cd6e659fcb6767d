// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1))) struct SchedulingTests {
    @Test func `a queue does what an array does`() {
        var generator = SplitMix(seed: 1)
        var queue = FIFO<Int>()
        var model: [Int] = []
        for step in 0..<20_000 {
            switch Int.random(in: 0..<8, using: &generator) {
            case 0...2:
                queue.append(step)
                model.append(step)
            case 3, 4: #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            case 5: #expect(queue.popSecond() == (model.count < 2 ? nil : model.remove(at: 1)))
            case 6: #expect(queue.popLast() == model.popLast())
            default:
                queue.prepend(contentsOf: [step, step + 1])
                model = [step, step + 1] + model
                let divisor = Int.random(in: 2...9, using: &generator)
                queue.keep { $0 % divisor != 0 }
                model = model.filter { $0 % divisor != 0 }
            }
            #expect(queue.count == model.count)
            #expect(queue.first == model.first)
            #expect(queue.last == model.last)
        }
    }

    @Test func `deadlines come out in their order, and none that was removed`() {
        var generator = SplitMix(seed: 2)
        let start = ContinuousClock.now
        var queue = DeadlineQueue<Int>()
        var model: [Int: ContinuousClock.Instant] = [:]
        for _ in 0..<20_000 {
            let id = Int.random(in: 0..<200, using: &generator)
            let time = start + .milliseconds(Int.random(in: 0..<1_000, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0, 1:
                queue.set(id, to: time)
                model[id] = time
            case 2:
                queue.remove(id)
                model[id] = nil
            default:
                let earliest = model.values.min()
                if let expired = queue.popExpired(at: time) {
                    #expect(model.removeValue(forKey: expired) == earliest)
                } else {
                    #expect(earliest.map { $0 > time } ?? true)
                }
            }
            #expect(queue.count == model.count)
            #expect(queue.earliest == model.values.min())
        }
    }

    @Test func `a bounded dictionary keeps the newest keys`() {
        var dictionary = BoundedDictionary<Int, Int>(limit: 3)
        for key in 1...4 { dictionary.set(key, to: key) }
        #expect(dictionary.count == 3)
        #expect(dictionary[1] == nil)
        dictionary.set(2, to: 20)
        #expect(dictionary[2] == 20)
        dictionary.set(5, to: 5)
        #expect([dictionary[2], dictionary[3], dictionary[4], dictionary[5]] == [nil, 3, 4, 5])
        var none = BoundedDictionary<Int, Int>(limit: 0)
        none.set(1, to: 1)
        #expect(none.count == 0)
    }

    @Test func `a bounded dictionary does what a list of its keys in their order does`() {
        var generator = SplitMix(seed: 4)
        var dictionary = BoundedDictionary<Int, Int>(limit: 5)
        var model: [Int] = []
        for step in 0..<2_000 {
            let key = Int.random(in: 0..<10, using: &generator)
            if Int.random(in: 0..<4, using: &generator) == 0 {
                dictionary.remove(key)
                model.removeAll { $0 == key }
            } else {
                dictionary.set(key, to: step)
                if !model.contains(key) { model = Array((model + [key]).suffix(5)) }
                #expect(dictionary[key] == step)
            }
            #expect(dictionary.count == model.count)
            #expect(model.allSatisfy { dictionary[$0] != nil })
        }
    }

    @Test(arguments: [(1, 100), (2, 200), (3, 400), (4, 800), (5, 1_000), (6, 1_000), (1_000_000, 1_000)])
    func `a backoff doubles up to its maximum, with jitter of one half`(failures: Int, milliseconds: Int) {
        var generator = SplitMix(seed: 3)
        let backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(1))
        let step = Duration.milliseconds(milliseconds)
        let delays = (0..<200).map { _ in backoff.delay(afterFailures: failures, using: &generator) }
        #expect(delays.allSatisfy { $0 >= step / 2 && $0 <= step })
        #expect(Set(delays).count > 100)
    }

    @Test func `notices come in the order of their posting, whoever delivers`() async {
        let received = Shared<[Int]>([])
        let queue = NoticeQueue<Int> { notice in received.state.withLock { $0.append(notice) } }
        let next = Shared(0)
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<200 {
                        next.state.withLock { number in
                            queue.post(number)
                            number += 1
                        }
                        queue.deliver()
                    }
                }
            }
        }
        #expect(received.state.withLock { $0 } == Array(0..<1_600))
    }

    @Test func `notices beyond the limit are dropped and counted`() {
        let queue = NoticeQueue<Int>(limit: 2) { _ in }
        for notice in 0..<5 { queue.post(notice) }
        #expect(queue.droppedCount == 3)
        queue.deliver()
        queue.post(5)
        #expect(queue.droppedCount == 3)
    }

    @Test func `a notice that is posted by the observer is delivered after it`() {
        let box = Shared<NoticeQueue<Int>?>(nil)
        let received = Shared<[Int]>([])
        let queue = NoticeQueue<Int> { notice in
            received.state.withLock { $0.append(notice) }
            guard notice < 3, let queue = box.state.withLock({ $0 }) else { return }
            queue.post(notice + 1)
            queue.deliver()
        }
        box.state.withLock { $0 = queue }
        queue.post(1)
        queue.deliver()
        box.state.withLock { $0 = nil }
        #expect(received.state.withLock { $0 } == [1, 2, 3])
    }

    @Test func `a signal is kept for the next wait`() async {
        let wakeup = Wakeup()
        wakeup.signal()
        await wakeup.wait(until: nil)
        wakeup.signal()
        wakeup.signal()
        await wakeup.wait(until: .now + .seconds(600))
    }

    @Test func `a wait ends at a signal, at its deadline, and with its task`() async {
        let wakeup = Wakeup()
        await withDiscardingTaskGroup { group in
            group.addTask { await wakeup.wait(until: .now + .seconds(600)) }
            wakeup.signal()
        }
        await wakeup.wait(until: .now + .milliseconds(1))
        await withDiscardingTaskGroup { group in
            group.addTask { await wakeup.wait(until: nil) }
            group.cancelAll()
        }
    }
}
