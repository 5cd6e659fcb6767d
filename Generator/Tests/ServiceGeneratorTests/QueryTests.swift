// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import ServiceGenerator
import Testing

@Suite struct QueryTests {
    @Test func `names and one projection are read`() throws {
        #expect(try Query("State").steps == [Query.Step(name: "State", isProjected: false)])
        #expect(
            try Query("Stacks[].StackStatus").steps
                == [Query.Step(name: "Stacks", isProjected: true), Query.Step(name: "StackStatus", isProjected: false)])
        #expect(try Query("Configuration.State").steps.map(\.name) == ["Configuration", "State"])
    }

    @Test(arguments: ["", "a..b", "a[0].b", "length(a)", "a || b", "a[].b[].c", "a[]", "1a", "a b"])
    func `what is beyond the part that is known is refused`(text: String) {
        #expect(throws: GeneratorError.self) { try Query(text) }
    }
}
