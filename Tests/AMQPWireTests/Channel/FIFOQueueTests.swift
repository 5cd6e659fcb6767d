// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import TestSupport
import Testing

@Suite struct FIFOQueueTests {
    @Test func `it behaves as an array does`() {
        var generator = SeededGenerator(seed: 3)
        var queue = FIFOQueue<Int>()
        var model: [Int] = []
        for step in 0..<20_000 {
            switch Int.random(in: 0..<12, using: &generator) {
            case 0..<5:
                queue.append(step)
                model.append(step)
            case 5..<9:
                #expect(queue.popFirst() == (model.isEmpty ? nil : model.removeFirst()))
            case 9:
                #expect(queue.popLast() == model.popLast())
            case 10:
                let victim = model.randomElement(using: &generator) ?? -1
                #expect(queue.removeFirst { $0 == victim } == model.firstIndex(of: victim).map { model.remove(at: $0) })
            default:
                let offset = Int.random(in: -1...model.count, using: &generator)
                let isThere = model.indices.contains(offset)
                #expect(queue[offset] == (isThere ? model[offset] : nil))
                #expect((queue.update(at: offset) { $0 += 1_000_000 } != nil) == isThere)
                if isThere { model[offset] += 1_000_000 }
                #expect(queue.firstOffset(from: 1) { $0 >= 1_000_000 } == model.dropFirst().firstIndex { $0 >= 1_000_000 })
            }
            #expect(queue.count == model.count)
            #expect(queue.first == model.first)
        }
        #expect(queue.removeAll() == model)
        #expect(queue.isEmpty)
    }
}
