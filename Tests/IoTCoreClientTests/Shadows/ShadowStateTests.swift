// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import IoTCoreClient
import Testing

@Suite struct ShadowStateTests {
    static func state(_ desired: JSONValue?, _ reported: JSONValue? = nil) -> ShadowState {
        ShadowState(desired: desired, reported: reported)
    }

    @Test(
        arguments: [
            (nil, ["a": 1], ["a": 1]), (["a": 1], nil, ["a": 1]), (["a": 1], .null, nil), (["a": 1], ["a": .null], nil),
            (["a": 1, "b": 2], ["a": .null, "c": 3], ["b": 2, "c": 3]), (["a": ["b": 1]], ["a": ["c": 2]], ["a": ["b": 1, "c": 2]]),
            (["a": ["b": 1]], ["a": ["b": .null]], ["a": [:]]), (["a": [1, 2]], ["a": [3]], ["a": [3]]),
            (["a": 1], ["a": ["b": 1]], ["a": ["b": 1]]),
            (["a": ["b": 1]], ["a": 1], ["a": 1]), (nil, ["a": ["b": .null, "c": 1]], ["a": ["c": 1]]), (["a": 1], [:], ["a": 1]),
        ] as [(JSONValue?, JSONValue?, JSONValue?)])
    func `a change is merged as the service does`(present: JSONValue?, change: JSONValue?, after: JSONValue?) {
        #expect(Self.state(present).merging(Self.state(change)) == Self.state(after))
        #expect(Self.state(nil, present).merging(Self.state(nil, change)) == Self.state(nil, after))
    }

    @Test(
        arguments: [
            (["a": 1], ["a": 1], nil), (["a": 1], ["a": 2], ["a": 1]), (["a": 1], nil, ["a": 1]), (nil, ["a": 1], nil),
            (["a": ["b": 1, "c": 2]], ["a": ["b": 1, "c": 3]], ["a": ["c": 2]]), (["a": [1, 2]], ["a": [1]], ["a": [1, 2]]),
            (["a": "1"], ["a": 1], ["a": "1"]), (["a": ["b": 1]], ["a": 1], ["a": ["b": 1]]),
        ] as [(JSONValue?, JSONValue?, JSONValue?)])
    func `the delta is what is desired and not reported so`(desired: JSONValue?, reported: JSONValue?, delta: JSONValue?) {
        #expect(Self.state(desired, reported).delta == delta)
    }

    static func nested(_ levels: Int) -> JSONValue { levels == 1 ? ["a": 1] : ["a": Self.nested(levels - 1)] }

    @Test func `a state has six levels at most`() throws {
        try Self.state(Self.nested(6)).validate()
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try Self.state(Self.nested(7)).validate() }
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try Self.state(["a": [[[[[[1]]]]]]]).validate() }
    }

    @Test func `a state has 8192 bytes at most`() throws {
        let overhead = #"{"desired":{"a":""}}"#.utf8.count
        try Self.state(["a": .string(String(repeating: "x", count: 8_192 - overhead))]).validate()
        #expect(throws: IoTCoreError(.invalidInput, message: "")) {
            try Self.state(["a": .string(String(repeating: "x", count: 8_193 - overhead))]).validate()
        }
    }

    @Test(arguments: [[1], "a", true] as [JSONValue])
    func `a state is made of objects`(section: JSONValue) {
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try Self.state(section).validate() }
        #expect(throws: IoTCoreError(.invalidInput, message: "")) { try Self.state(nil, section).validate() }
    }
}
