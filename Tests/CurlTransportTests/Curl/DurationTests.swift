// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Testing

@Suite struct DurationTests {
    @Test(
        arguments: [
            (.zero, 0), (.milliseconds(1), 1), (.microseconds(1), 1), (.microseconds(1_500), 2), (.seconds(2), 2_000),
            (.seconds(-1), 0), (.milliseconds(-1), 0), (.seconds(10_000_000), .max), (.seconds(Int64.max), .max),
        ] as [(Duration, Int32)])
    func `milliseconds are rounded up and stay within 32 bits`(duration: Duration, milliseconds: Int32) {
        #expect(duration.milliseconds(atLeast: 0) == milliseconds)
        #expect(duration.milliseconds(atLeast: 1) == max(1, milliseconds))
    }
}
