// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct TopicPatternTests {
    @Test(arguments: [
        ("ca.create", "ca.create"), ("ca.*", "ca.create"), ("*.create", "ca.create"), ("#", "ca.create"), ("#", ""), ("", ""),
        ("ca.#", "ca"), ("ca.#", "ca.create"), ("ca.#", "ca.status.update"), ("#.update", "ca.status.update"), ("#.update", "update"),
        ("ca.#.update", "ca.update"), ("ca.#.update", "ca.a.b.update"), ("#.#", ""), ("*.#", "ca"), ("ca.*", "ca."), ("a.#.b.#", "a.b.b"),
    ])
    func `a key fits`(pattern: String, key: String) {
        #expect(TopicPattern(pattern).matches(key))
    }

    @Test(arguments: [
        ("ca.create", "ca.creates"), ("ca.*", "ca"), ("ca.*", "ca.status.update"), ("*", ""), ("", "ca"), ("ca.#", "cas.create"),
        ("#.update", "ca.updated"), ("*.#", ""), ("ca.#.update", "ca.update.x"), ("ca*", "ca.create"), ("CA.#", "ca.create"),
    ])
    func `a key does not fit`(pattern: String, key: String) {
        #expect(!TopicPattern(pattern).matches(key))
    }
}
