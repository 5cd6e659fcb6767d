// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct MonotonicInstantTests {
    @Test(arguments: [.zero, .nanoseconds(1), .milliseconds(-1), .seconds(86_400 * 365)] as [Duration])
    func `it is the moment of the clock that it was made of`(distance: Duration) {
        let instant = ContinuousClock.now + distance
        #expect(MonotonicInstant(instant).continuous == instant)
    }

    @Test(arguments: [.nanoseconds(1), .milliseconds(999), .seconds(3)] as [Duration])
    func `it is moved and compared as those of the clock are`(distance: Duration) {
        let start = MonotonicInstant.now
        var later = start
        later += distance
        #expect(later == start + distance)
        #expect(later - distance == start)
        #expect(later - start == distance)
        #expect(start < later)
        #expect(later.continuous - start.continuous == distance)
    }
}
