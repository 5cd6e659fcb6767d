// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct SecureRandomTests {
    @Test(arguments: [0, 1, 16, 1_048_576])
    func `as many bytes come as were asked for`(count: Int) throws {
        #expect(try SecureRandom.bytes(count: count).count == count)
    }

    @Test func `bytes do not repeat`() throws {
        #expect(try SecureRandom.bytes(count: 32) != SecureRandom.bytes(count: 32))
    }

    @Test(arguments: [-1, 1_048_577, Int.min, Int.max])
    func `an impossible count is an error`(count: Int) {
        #expect(throws: CryptoError(.invalidArgument, message: "")) { try SecureRandom.bytes(count: count) }
    }
}
