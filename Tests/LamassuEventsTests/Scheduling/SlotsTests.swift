// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Testing

@Suite(.timeLimit(.minutes(1))) struct SlotsTests {
    @Test func `slots are taken until there are none, and given back`() async {
        let slots = Slots(3)
        #expect(await slots.take(upTo: 2) == 2)
        #expect(await slots.take(upTo: 10) == 1)
        await withTaskGroup(of: Int.self) { group in
            group.addTask { await slots.take(upTo: 10) }
            slots.release(2)
            #expect(await group.next() == 2)
        }
    }

    @Test func `who waits is cancelled, or gives up after a time, and takes nothing`() async {
        let slots = Slots(1)
        #expect(await slots.take() == 1)
        #expect(await !slots.take(within: .milliseconds(1)))
        await withTaskGroup(of: Int.self) { group in
            group.addTask { await slots.take() }
            group.cancelAll()
            #expect(await group.next() == 0)
        }
        slots.release()
        #expect(await slots.take(within: .seconds(60)))
    }
}
