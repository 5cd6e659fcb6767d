// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Testing

@Suite struct EventTopologyTests {
    @Test(arguments: [
        ("PRECONDITION_FAILED - inequivalent arg 'x-queue-type' for queue 'q' in vhost '/': received none but current is 'quorum'", true),
        ("PRECONDITION_FAILED - inequivalent arg 'alternate-exchange' for exchange 'e' in vhost '/': received none", true),
        ("PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received 'true' but current is 'false'", false),
        ("PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'e' in vhost '/': received 'topic' but current is 'fanout'", false),
        ("PRECONDITION_FAILED - something else about 'x-queue-type'", false),
        ("inequivalent arg 'x-", false),
        ("", false),
    ])
    func `an argument of the operator may differ, and nothing else`(text: String, isHarmless: Bool) {
        #expect(EventTopology.isHarmless(text) == isHarmless)
    }

    @Test func `the profiles name what the design names`() {
        #expect(EventTopology.standard.exchange == "lamassu-events")
        #expect(EventTopology.queue.exchange == nil)
        for topology in [EventTopology.standard, .queue] {
            #expect(topology.queue == "lamassu_events")
            #expect(topology.deadLetterQueue == "lamassu_events.dead-letter")
        }
    }
}
