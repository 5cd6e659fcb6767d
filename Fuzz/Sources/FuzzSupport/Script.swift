// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The fuzzer's bytes, read as decisions: whatever they are, they say something.
///
/// A byte more or less changes one decision, so that the fuzzer's small changes are small changes of the story.
package struct Script {
    private let bytes: [UInt8]
    private var offset = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether nothing is left; every further decision is 0.
    package var isAtEnd: Bool { self.offset >= self.bytes.count }

    /// The next byte.
    package mutating func byte() -> UInt8 {
        guard !self.isAtEnd else { return 0 }
        defer { self.offset += 1 }
        return self.bytes[self.offset]
    }

    /// A number from 0 up to, and without, `bound`.
    package mutating func number(below bound: Int) -> Int { Int(self.byte()) % bound }

    /// A yes or a no.
    package mutating func flag() -> Bool { self.byte() & 1 == 1 }

    /// One of these.
    package mutating func choice<Element>(_ elements: [Element]) -> Element { elements[self.number(below: elements.count)] }

    /// A number of any size, made of `count` bytes.
    package mutating func integer<Number: FixedWidthInteger>(of type: Number.Type, bytes count: Int) -> Number {
        (0..<count).reduce(0) { value, _ in value << 8 | Number(truncatingIfNeeded: self.byte()) }
    }

    /// As many bytes as the next one says, or as are left.
    package mutating func counted() -> [UInt8] {
        let end = min(self.bytes.count, self.offset + 1 + Int(self.byte()))
        guard self.offset < end else { return [] }
        defer { self.offset = end }
        return Array(self.bytes[self.offset..<end])
    }

    /// All that is left.
    package mutating func rest() -> [UInt8] {
        defer { self.offset = self.bytes.count }
        return self.isAtEnd ? [] : Array(self.bytes[self.offset...])
    }

    /// Lets libFuzzer's entry point hand its bytes over.
    package static func bytes(_ start: UnsafePointer<UInt8>, _ count: Int) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: start, count: count))
    }
}
