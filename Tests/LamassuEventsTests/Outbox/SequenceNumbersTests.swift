// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import LamassuEvents
import Testing

@Suite struct SequenceNumbersTests {
    @Test func `each subject has a count of its own, which begins with the time`() throws {
        var numbers = SequenceNumbers(limit: 10)
        let start = try Timestamp("2026-11-21T11:03:07.123460122Z")
        let later = try Timestamp("2026-11-21T11:03:08Z")
        #expect(numbers.next(for: "a", at: start) == "1795258987123.0000000001")
        #expect(numbers.next(for: "a", at: later) == "1795258987123.0000000002")
        #expect(numbers.next(for: "b", at: later) == "1795258988000.0000000001")
    }

    @Test func `a count that was forgotten begins anew with a greater value, even if the clock went back`() throws {
        var numbers = SequenceNumbers(limit: 2)
        let noon = try Timestamp("2026-11-21T12:00:00Z")
        let morning = try Timestamp("2026-11-21T08:00:00Z")
        let first = numbers.next(for: "a", at: noon)
        for other in ["b", "c"] { _ = numbers.next(for: other, at: morning) }
        let again = numbers.next(for: "a", at: morning)
        #expect(first < again)
        #expect(again.hasSuffix(".0000000001"))
    }

    @Test func `the order of text is the order of the count`() {
        var numbers = SequenceNumbers(limit: 1)
        let values = (0..<1_200).map { _ in numbers.next(for: "a", at: .now) }
        #expect(values == values.sorted())
        #expect(Set(values).count == values.count)
    }
}
