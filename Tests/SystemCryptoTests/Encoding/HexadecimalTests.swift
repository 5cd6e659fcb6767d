// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import SystemCrypto
import Testing

@Suite struct HexadecimalTests {
    @Test func `every byte comes back from its digits`() {
        let bytes = (0...255).map { UInt8($0) }
        let text = Hexadecimal.encode(bytes.span)
        #expect(text.hasPrefix("000102030405060708090a0b0c0d0e0f10"))
        #expect(text.hasSuffix("fdfeff"))
        #expect(Hexadecimal.decode(text) == bytes)
        #expect(Hexadecimal.decode(text.uppercased()) == bytes)
    }

    @Test(arguments: ["0", "0g", "00 ", "0x00", "é0", "00:11"])
    func `other text has no bytes`(text: String) { #expect(Hexadecimal.decode(text) == nil) }

    @Test func `empty text is no bytes`() { #expect(Hexadecimal.decode("") == []) }
}
