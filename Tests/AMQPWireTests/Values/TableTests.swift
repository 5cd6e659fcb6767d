// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct TableTests {
    /// Each type with the bytes that follow its letter.
    static let values: [(AMQPValue, Character, [UInt8])] = [
        (.void, "V", []),
        (.bool(true), "t", [1]),
        (.bool(false), "t", [0]),
        (.int8(-2), "b", [0xFE]),
        (.uint8(254), "B", [0xFE]),
        (.int16(-2), "s", [0xFF, 0xFE]),
        (.uint16(0x0102), "u", [1, 2]),
        (.int32(-2), "I", [0xFF, 0xFF, 0xFF, 0xFE]),
        (.uint32(0x0102_0304), "i", [1, 2, 3, 4]),
        (.int64(-2), "l", [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE]),
        (.float(1.5), "f", [0x3F, 0xC0, 0, 0]),
        (.double(-1.5), "d", [0xBF, 0xF8, 0, 0, 0, 0, 0, 0]),
        (.decimal(AMQPDecimal(unscaled: -12_345, scale: 2)), "D", [2, 0xFF, 0xFF, 0xCF, 0xC7]),
        (.string("é"), "S", [0, 0, 0, 2, 0xC3, 0xA9]),
        (.opaqueString([0xC3, 0x28]), "S", [0, 0, 0, 2, 0xC3, 0x28]),
        (.bytes([0xC3, 0x28]), "x", [0, 0, 0, 2, 0xC3, 0x28]),
        (.timestamp(0x0102_0304_0506_0708), "T", [1, 2, 3, 4, 5, 6, 7, 8]),
        (.array([]), "A", [0, 0, 0, 0]),
        (.array([.void, .uint8(7)]), "A", [0, 0, 0, 3, 0x56, 0x42, 7]),
        (.table([:]), "F", [0, 0, 0, 0]),
        (.table(["a": .void]), "F", [0, 0, 0, 3, 1, 0x61, 0x56]),
    ]

    /// A content header whose only property is a table of these bytes.
    private func header(_ table: [UInt8]) -> [UInt8] {
        [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x20, 0] + bigEndian(UInt32(table.count)) + table
    }

    private func decode(_ table: [UInt8]) throws(AMQPWireError) -> AMQPTable? {
        try AMQPContentHeader(decoding: self.header(table).span).properties.headers
    }

    private func encode(_ table: AMQPTable) throws(AMQPWireError) -> [UInt8] {
        var output: [UInt8] = []
        try AMQPContentHeader(bodySize: 0, properties: AMQPProperties(headers: table)).encode(into: &output)
        return output
    }

    @Test(arguments: Self.values)
    func `a value has its letter and its bytes, and comes back as it was`(_ value: AMQPValue, _ letter: Character, _ bytes: [UInt8]) throws
    {
        let table = [1, 0x6B] + Array(String(letter).utf8) + bytes
        #expect(try self.decode(table) == ["k": value])
        #expect(try self.encode(["k": value]) == self.header(table))
    }

    @Test(arguments: Self.values)
    func `a value that is cut off is refused`(_ value: AMQPValue, _ letter: Character, _ bytes: [UInt8]) throws {
        let table = [1, 0x6B] + Array(String(letter).utf8) + bytes
        for count in 1..<table.count {
            #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try self.decode(Array(table[..<count])) }
        }
    }

    @Test func `the letter L is read as RabbitMQ reads it, signed`() throws {
        let table: [UInt8] = [1, 0x6B, UInt8(ascii: "L")] + [UInt8](repeating: 0xFF, count: 8)
        #expect(try self.decode(table) == ["k": -1])
    }

    @Test func `every other letter is refused`() throws {
        let known = Set("VtbBsuIilLfdDSxTAF".utf8)
        for letter in UInt8.min...UInt8.max where !known.contains(letter) {
            let table = [1, 0x6B, letter] + [UInt8](repeating: 0, count: 16)
            #expect(throws: AMQPWireError(.unknownFieldType, message: "")) { try self.decode(table) }
        }
    }

    @Test(arguments: ["S", "x", "A", "F"], [UInt32(1), 0x7FFF_FFFF, 0x8000_0000, .max])
    func `a length past the end is refused before anything is allocated`(_ letter: String, _ length: UInt32) throws {
        let table = [1, 0x6B] + Array(letter.utf8) + bigEndian(length)
        #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try self.decode(table) }
    }

    @Test func `of a name that is not UTF-8 what is not is replaced, since the broker passes it on`() throws {
        #expect(try self.decode([3, 0x61, 0xFF, 0x62, 0x56])?.fields.map(\.name) == ["a\u{FFFD}b"])
    }

    @Test(arguments: ["A", "F"])
    func `nesting is taken up to the limit, beyond it comes as bytes and is not sent`(_ letter: String) throws {
        /// `depth` tables, or one table and `depth - 1` arrays.
        func nested(_ depth: Int) -> (AMQPTable, [UInt8]) {
            var bytes: [UInt8] = []
            var value = letter == "A" ? AMQPValue.array([]) : .table([:])
            let name: [UInt8] = letter == "A" ? [] : [0]
            for _ in 0..<depth - 2 {
                bytes = name + Array(letter.utf8) + bigEndian(UInt32(bytes.count)) + bytes
                value = letter == "A" ? .array([value]) : .table(["": value])
            }
            return (["": value], [0] + Array(letter.utf8) + bigEndian(UInt32(bytes.count)) + bytes)
        }
        let (table, bytes) = nested(AMQPTable.maximumDepth)
        #expect(try self.decode(bytes) == table)
        #expect(try self.encode(table) == self.header(bytes))

        let (deeper, deeperBytes) = nested(AMQPTable.maximumDepth + 1)
        #expect(try self.innermost(of: self.decode(deeperBytes)) == .bytes([]))
        #expect(throws: AMQPWireError(.nestingTooDeep, message: "")) { try self.encode(deeper) }

        let (_, bomb) = nested(20_000)
        guard case .bytes(let rest)? = try self.innermost(of: self.decode(bomb)) else {
            Issue.record("the rest is no bytes")
            return
        }
        #expect(bomb.suffix(rest.count) == rest[...], "nothing of it is lost")
    }

    /// The value in a table of one field, and in the table or array of one value that it is, and so on.
    private func innermost(of table: AMQPTable?) -> AMQPValue? {
        var value = table?.fields.first?.value
        while let inner = value?.tableValue?.fields.first?.value ?? value?.arrayValue?.first { value = inner }
        return value
    }

    @Test func `a name is sent up to 255 bytes and not beyond`() throws {
        let longest = String(repeating: "é", count: 127) + "x"
        #expect(try self.decode(Array(self.encode([longest: .void]).dropFirst(18))) == [longest: .void])
        #expect(throws: AMQPWireError(.valueTooLong, message: "")) { try self.encode([longest + "x": .void]) }
    }

    @Test func `fields keep their order, and of two of a name the first one counts`() throws {
        let table: [UInt8] = [1, 0x62, 0x42, 1, 1, 0x61, 0x42, 2, 1, 0x62, 0x42, 3]
        let decoded = try #require(try self.decode(table))
        #expect(decoded.fields.map(\.name) == ["b", "a", "b"])
        #expect(decoded["b"] == .uint8(1))
        #expect(decoded["c"] == nil)
        #expect(try self.encode(decoded) == self.header(table))
    }

    @Test func `setting replaces the first, appends what is new, and removes all of a name`() {
        var table = AMQPTable([("a", 1), ("b", 2), ("a", 3)])
        table["a"] = 4
        table["c"] = 5
        #expect(table == AMQPTable([("a", 4), ("b", 2), ("a", 3), ("c", 5)]))
        table["a"] = nil
        #expect(table == ["b": 2, "c": 5])
        #expect(!table.isEmpty)
        #expect(AMQPTable().isEmpty)
    }

    @Test func `a whole number of any width is read as one`() {
        let numbers: [AMQPValue] = [.int8(5), .uint8(5), .int16(5), .uint16(5), .int32(5), .uint32(5), .int64(5)]
        #expect(numbers.allSatisfy { $0.integerValue == 5 })
        #expect(AMQPValue.double(5).integerValue == nil)
        #expect(AMQPValue.timestamp(5).integerValue == nil)
    }

    @Test func `a value is read as what it is and nothing else`() {
        let values: [AMQPValue] = [true, "text", [1], ["k": 1], 1.5, .void]
        #expect(values.map(\.boolValue) == [true, nil, nil, nil, nil, nil])
        #expect(values.map(\.stringValue) == [nil, "text", nil, nil, nil, nil])
        #expect(values.map(\.arrayValue) == [nil, nil, [1], nil, nil, nil])
        #expect(values.map(\.tableValue) == [nil, nil, nil, ["k": 1], nil, nil])
        #expect(values[4] == .double(1.5))
    }
}
