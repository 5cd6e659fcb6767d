// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSEventBus
import TestSupport
import Testing

@Suite struct ReceiptLedgerTests {
    static let start = ContinuousClock.now

    @Test func `what is held is extended whenever half of its time is over, until it is settled`() {
        var ledger = ReceiptLedger(visibilityTimeout: .seconds(60))
        #expect(ledger.nextExtension(at: Self.start) == .wait(until: nil))
        ledger.received("a", at: Self.start)
        #expect(ledger.nextExtension(at: Self.start) == .wait(until: Self.start + .seconds(30)))
        #expect(ledger.nextExtension(at: Self.start + .seconds(30)) == .call(["a"]))
        #expect(ledger.nextExtension(at: Self.start + .seconds(31)) == .wait(until: Self.start + .seconds(60)))
        #expect(ledger.nextExtension(at: Self.start + .seconds(60)) == .call(["a"]))
        #expect(ledger.nextDeletion(at: Self.start + .seconds(60)) == .wait(until: nil))
        ledger.settled("a")
        #expect(ledger.nextExtension(at: Self.start + .seconds(600)) == .wait(until: nil))
        #expect(ledger.nextDeletion(at: Self.start + .seconds(60)) == .call(["a"]))
        #expect(ledger.nextDeletion(at: Self.start + .seconds(600)) == .wait(until: nil))
        #expect(ledger.heldCount == 0)
    }

    @Test func `what could not be extended is tried again soon, unless it is held no longer`() {
        var ledger = ReceiptLedger(visibilityTimeout: .seconds(60))
        for receipt in ["a", "b", "c"] { ledger.received(receipt, at: Self.start) }
        let due = Self.start + .seconds(30)
        guard case .call(let extended) = ledger.nextExtension(at: due) else {
            Issue.record("nothing is extended")
            return
        }
        #expect(Set(extended) == ["a", "b", "c"])
        ledger.settled("b")
        ledger.extendFailed(["a", "b", "unknown"], until: due + .seconds(1))
        #expect(ledger.nextExtension(at: due) == .wait(until: due + .seconds(1)))
        #expect(ledger.nextExtension(at: due + .seconds(1)) == .call(["a"]))
        #expect(ledger.nextExtension(at: due + .seconds(1)) == .wait(until: due + .seconds(30)))
    }

    @Test func `what could not be deleted is tried again after a pause, and nothing is deleted twice`() {
        var ledger = ReceiptLedger(visibilityTimeout: .seconds(60))
        ledger.received("a", at: Self.start)
        ledger.settled("a")
        ledger.settled("a")
        ledger.settled("unknown")
        #expect(ledger.nextDeletion(at: Self.start) == .call(["a"]))
        ledger.deleteFailed(["a"], until: Self.start + .seconds(1))
        #expect(ledger.isSettled == false)
        #expect(ledger.nextDeletion(at: Self.start) == .wait(until: Self.start + .seconds(1)))
        #expect(ledger.nextDeletion(at: Self.start + .seconds(1)) == .call(["a"]))
        #expect(ledger.isSettled == true)
    }

    @Test func `calls have ten entries at most, and what is left is given back`() {
        var ledger = ReceiptLedger(visibilityTimeout: .seconds(60))
        for number in 0..<25 { ledger.received("\(number)", at: Self.start) }
        var extended: [String] = []
        while case .call(let batch) = ledger.nextExtension(at: Self.start + .seconds(30)) {
            #expect(batch.count <= 10)
            extended += batch
        }
        #expect(Set(extended).count == 25)
        for number in 0..<12 { ledger.settled("\(number)") }
        #expect(ledger.takeSettled().count == 10)
        #expect(ledger.takeSettled().count == 2)
        #expect(ledger.takeSettled() == [])
        #expect(ledger.takeHeld().count == 10)
        #expect(ledger.takeHeld().count == 3)
        #expect(ledger.takeHeld() == [])
        #expect(ledger.nextExtension(at: Self.start + .seconds(600)) == .wait(until: nil))
        #expect(ledger.nextDeletion(at: Self.start + .seconds(600)) == .wait(until: nil))
    }

    @Test(arguments: 1...20) func `on a random walk everything that is settled is deleted, and nothing else`(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var ledger = ReceiptLedger(visibilityTimeout: .seconds(60))
        var now = Self.start
        var held: Set<String> = []
        var settled: Set<String> = []
        var deleted: Set<String> = []
        for number in 0..<2_000 {
            switch Int.random(in: 0..<7, using: &generator) {
            case 0, 1:
                ledger.received("\(number)", at: now)
                held.insert("\(number)")
            case 2:
                guard let receipt = held.randomElement(using: &generator) else { break }
                held.remove(receipt)
                settled.insert(receipt)
                ledger.settled(receipt)
            case 3: now += .seconds(Int.random(in: 0...40, using: &generator))
            case 4:
                switch ledger.nextDeletion(at: now) {
                case .call(let batch):
                    #expect(settled.isSuperset(of: batch) && deleted.isDisjoint(with: batch))
                    if Int.random(in: 0..<4, using: &generator) == 0 {
                        ledger.deleteFailed(batch, until: now + .seconds(1))
                    } else {
                        deleted.formUnion(batch)
                    }
                case .wait(let deadline): if let deadline { #expect(deadline > now) }
                }
            default:
                switch ledger.nextExtension(at: now) {
                case .call(let batch):
                    #expect(held.isSuperset(of: batch))
                    if Int.random(in: 0..<4, using: &generator) == 0 { ledger.extendFailed(batch, until: now + .seconds(1)) }
                case .wait(let deadline): if let deadline { #expect(deadline > now) }
                }
            }
            #expect(ledger.heldCount == held.count)
        }
        now += .seconds(100)
        while !ledger.isSettled {
            if case .call(let batch) = ledger.nextDeletion(at: now) { deleted.formUnion(batch) }
        }
        #expect(deleted == settled)
    }
}
