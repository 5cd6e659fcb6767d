// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing
import XMLCoding

@Suite struct LimitTests {
    private func nested(_ depth: Int) -> [UInt8] {
        Array((String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)).utf8)
    }

    private func withAttributes(_ count: Int) -> [UInt8] {
        Array("<a \((0..<count).map { "b\($0)=''" }.joined(separator: " "))/>".utf8)
    }

    @Test func `elements nest up to the limit and no deeper`() throws {
        #expect(try events(self.nested(128)).count == 256)
        #expect(failure(self.nested(129))?.code == .limitExceeded)
        #expect(failure(self.nested(3), limits: .init(maximumDepth: 2))?.code == .limitExceeded)
    }

    @Test func `a million open elements are refused without trouble`() {
        #expect(failure(self.nested(1_000_000))?.code == .limitExceeded)
    }

    @Test func `a depth without limit costs no stack`() throws {
        #expect(try events(self.nested(100_000), limits: .init(maximumDepth: .max)).count == 200_000)
    }

    @Test func `an element has attributes up to the limit and no more`() throws {
        #expect(try events(self.withAttributes(64)).count == 2)
        #expect(failure(self.withAttributes(65))?.code == .limitExceeded)
    }

    @Test func `a document is as long as the limit and no longer`() throws {
        #expect(try events(Array("<a/>".utf8), limits: .init(maximumSize: 4)).count == 2)
        #expect(failure(Array("<a/> ".utf8), limits: .init(maximumSize: 4))?.code == .limitExceeded)
    }
}
