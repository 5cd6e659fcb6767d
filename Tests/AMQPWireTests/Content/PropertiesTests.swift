// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

@Suite struct PropertiesTests {
    /// The octets before the flags: class, weight and a body size of 258.
    private let prefix: [UInt8] = [0, 60, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2]

    /// Each property alone as the specification's table has it, then all of them, then none.
    private func samples() throws -> [(flags: UInt16, values: [(name: String, value: SampleValue)])] {
        let properties = try SpecificationTable.load().properties
        let all = try properties.enumerated().map { index, field in
            let value = try #require(SampleValue(type: field.type, kind: .distinct, index: index))
            return (name: field.name == "reserved" ? "clusterID" : swiftName(field.name), value: value)
        }
        let each = all.enumerated().map { (flags: UInt16(0x8000) >> UInt16($0), values: [$1]) }
        return each + [(flags: 0xFFFC, values: all), (flags: 0, values: [])]
    }

    @Test func `each property has the specification's flag and place, and comes back as it was`() throws {
        for (flags, values) in try self.samples() {
            let bytes = self.prefix + bigEndian(flags) + values.flatMap(\.value.bytes)
            let header = try AMQPContentHeader(decoding: bytes.span)
            #expect(header.bodySize == 258)
            let present = Mirror(reflecting: header.properties).children.compactMap { child in
                Mirror(reflecting: child.value).children.first.map { (name: child.label, value: $0.value) }
            }
            #expect(present.map(\.name) == values.map(\.name))
            for (present, expected) in zip(present, values) {
                #expect(expected.value.isEqual(to: present.value), "\(expected.name) is \(present.value)")
            }
            var output: [UInt8] = []
            try header.encode(into: &output)
            #expect(output == bytes)
        }
    }

    @Test func `a header that ends early or late is refused`() throws {
        for (flags, values) in try self.samples() {
            let bytes = self.prefix + bigEndian(flags) + values.flatMap(\.value.bytes)
            for count in bytes.indices {
                #expect(throws: AMQPWireError(.malformedFrame, message: "")) {
                    try AMQPContentHeader(decoding: Array(bytes[..<count]).span)
                }
            }
            #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try AMQPContentHeader(decoding: (bytes + [0]).span) }
        }
    }

    @Test func `what a publisher sent that is not UTF-8 is replaced, and the message is read`() throws {
        let bytes = self.prefix + [0x04, 0x80, 3, 0x61, 0xFF, 0x62, 2, 0xC3, 0x28]
        let properties = try AMQPContentHeader(decoding: bytes.span).properties
        #expect(properties == AMQPProperties(correlationID: "a\u{FFFD}b", messageID: "\u{FFFD}("))
    }

    @Test func `what grows while it is replaced is cut to what can be sent on`() throws {
        let bytes = self.prefix + [0x04, 0x00, 255, 0x61] + [UInt8](repeating: 0xFF, count: 254)
        let header = try AMQPContentHeader(decoding: bytes.span)
        #expect(header.properties == AMQPProperties(correlationID: "a" + String(repeating: "\u{FFFD}", count: 84)))
        var output: [UInt8] = []
        try header.encode(into: &output)
        #expect(try AMQPContentHeader(decoding: output.span) == header)
    }

    @Test func `further words of flags are read as long as none of them is set`() throws {
        let bytes = self.prefix + [0x08, 0x01, 0x00, 0x01, 0x00, 0x00, 5]
        #expect(try AMQPContentHeader(decoding: bytes.span).properties == AMQPProperties(priority: 5))
    }

    @Test(
        arguments: [[0x08, 0x02, 5], [0x08, 0x01, 0x80, 0x00, 5], [0x08, 0x01, 0x00, 0x02, 5], [0x08, 0x01, 0x00, 0x01, 0xFF, 0xFE, 5]]
            as [[UInt8]])
    func `a property that is not defined is refused`(_ flags: [UInt8]) {
        let bytes = self.prefix + flags
        #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try AMQPContentHeader(decoding: bytes.span) }
    }

    @Test func `words of flags without end are refused`() {
        let bytes = self.prefix + [UInt8](repeating: 1, count: 4_001).enumerated().map { $0.offset.isMultiple(of: 2) ? 0 : 1 }
        #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try AMQPContentHeader(decoding: bytes.span) }
    }

    @Test(arguments: [[0, 50, 0, 0], [0, 60, 0, 1]] as [[UInt8]])
    func `a header of another class or with a weight is refused`(_ start: [UInt8]) {
        let bytes = start + [UInt8](repeating: 0, count: 10)
        #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try AMQPContentHeader(decoding: bytes.span) }
    }

    @Test func `a body size may be any number of 64 bits`() throws {
        let bytes = [0, 60, 0, 0] + [UInt8](repeating: 0xFF, count: 8) + [0, 0]
        #expect(try AMQPContentHeader(decoding: bytes.span).bodySize == .max)
    }

    @Test func `a string is sent up to 255 bytes and not beyond`() throws {
        var output: [UInt8] = []
        let longest = String(repeating: "x", count: 255)
        try AMQPContentHeader(bodySize: 0, properties: AMQPProperties(messageID: longest)).encode(into: &output)
        #expect(try AMQPContentHeader(decoding: output.span).properties.messageID == longest)
        #expect(throws: AMQPWireError(.valueTooLong, message: "")) {
            try AMQPContentHeader(bodySize: 0, properties: AMQPProperties(messageID: longest + "x")).encode(into: &output)
        }
    }
}
