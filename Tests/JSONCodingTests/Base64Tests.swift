// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import TestSupport
import Testing

struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 hold in both directions`(_ plain: String, _ text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == text)
        #expect(Base64.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: [
        "Z", "Zg", "Zg=", "Zg===", "Zm9vYg", "====", "=", "Z===", "Zg==Zg==", "Zm8=Zm8=", "Z=g=", "Zm=v", "=Zm9", "Zm 9v", "Zm9v\n",
        " Zm9v", "Zm9v====",
        "_-__", "Zm9é", "Zh==", "Zm9=", "Zm9\0",
    ])
    func `whatever is not the one form of some bytes is refused`(_ text: String) {
        #expect(Base64.decode(text) == nil)
    }

    @Test func `all bytes at all lengths come back`() {
        var random = SeededGenerator(seed: 4648)
        for length in 0..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            let text = Base64.encode(bytes)
            #expect(text.utf8.count == (length + 2) / 3 * 4)
            #expect(Base64.decode(text) == bytes)
            let slice = bytes[(length / 2)...]
            #expect(Base64.decode(Base64.encode(slice)) == Array(slice))
        }
    }
}
