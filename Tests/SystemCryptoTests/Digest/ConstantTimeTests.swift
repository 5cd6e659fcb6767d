// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct ConstantTimeTests {
    static let pairs: [([UInt8], [UInt8], Bool)] = [
        ([], [], true), ([1], [1], true), ([1, 2, 3], [1, 2, 3], true), ([1, 2, 3], [1, 2, 4], false), ([0, 2, 3], [1, 2, 3], false),
        ([1, 2], [1, 2, 3], false), ([], [0], false),
    ]

    @Test(arguments: pairs)
    func `bytes are equal when all of them are`(left: [UInt8], right: [UInt8], equal: Bool) {
        #expect(ConstantTime.areEqual(left.span, right.span) == equal)
    }
}
