// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Testing

/// Every method against the specification's table.
@Suite struct MethodTableTests {
    /// A method of the table with a payload made from the table alone.
    private struct Sample {
        var values: [(field: SpecificationTable.Field, value: SampleValue)]
        var payload: [UInt8]

        init(_ method: SpecificationTable.Method, _ kind: SampleValue.Kind) throws {
            self.values = try method.fields.enumerated().map { index, field in
                // What comes in a reserved field is passed over; it goes out as zero.
                (field, try #require(SampleValue(type: field.type, kind: field.isReserved ? .least : kind, index: index)))
            }
            self.payload = bigEndian(method.classID) + bigEndian(method.methodID) + SampleValue.bytes(of: self.values.map(\.value))
        }
    }

    @Test(arguments: try SpecificationTable.load().methods, SampleValue.Kind.allCases)
    fileprivate func `a method has the fields of the specification, and comes back as it was`(
        _ method: SpecificationTable.Method, _ kind: SampleValue.Kind
    ) throws {
        let sample = try Sample(method, kind)
        let decoded = try AMQPMethod(decoding: sample.payload.span)

        #expect(Mirror(reflecting: decoded).children.first?.label == swiftName(method.name))
        #expect(decoded.id == AMQPMethodID(classID: method.classID, methodID: method.methodID))
        #expect(decoded.hasContent == method.content)
        let stored = Mirror(reflecting: decoded.arguments).children
        let expected = sample.values.filter { !$0.field.isReserved }
        #expect(stored.map(\.label) == expected.map { swiftName($0.field.name) })
        for (stored, expected) in zip(stored, expected) {
            #expect(expected.value.isEqual(to: stored.value), "\(expected.field.name) is \(stored.value)")
        }

        var frame: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 0).encode(decoded, channel: 9, into: &frame)
        #expect(frame == [1, 0, 9] + bigEndian(UInt32(sample.payload.count)) + sample.payload + [0xCE])
        #expect(try FrameCollector.frames(of: frame) == [AMQPFrame(channel: 9, payload: .method(decoded))])
    }

    @Test(arguments: try SpecificationTable.load().methods)
    func `a payload that ends early or late is refused`(_ method: SpecificationTable.Method) throws {
        let payload = try Sample(method, .distinct).payload
        for count in payload.indices {
            #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try AMQPMethod(decoding: Array(payload[..<count]).span) }
        }
        #expect(throws: AMQPWireError(.malformedFrame, message: "")) { try AMQPMethod(decoding: (payload + [0]).span) }
    }

    @Test(arguments: try SpecificationTable.load().methods)
    func `what comes in a reserved field is passed over`(_ method: SpecificationTable.Method) throws {
        let payload = try Sample(method, .distinct).payload
        let values = try method.fields.enumerated().map { index, field in
            try #require(SampleValue(type: field.type, kind: .distinct, index: index))
        }
        let other = Array(payload.prefix(4)) + SampleValue.bytes(of: values)
        #expect(try AMQPMethod(decoding: other.span) == AMQPMethod(decoding: payload.span))
    }

    @Test func `a method that is not in the table is refused`() throws {
        let known = Set(try SpecificationTable.load().methods.map { AMQPMethodID(classID: $0.classID, methodID: $0.methodID) })
        #expect(known.count == 66)
        for classID in UInt16(0)...100 {
            let accepted = (UInt16(0)...130).filter { methodID in
                let payload = bigEndian(classID) + bigEndian(methodID)
                do throws(AMQPWireError) {
                    _ = try AMQPMethod(decoding: payload.span)
                    return true
                } catch {
                    return error.code != .unknownMethod
                }
            }
            #expect(accepted == known.filter { $0.classID == classID }.map(\.methodID).sorted())
        }
    }

    @Test func `a text that is not UTF-8 is refused, an opaque string is not`() throws {
        let blocked: [UInt8] = [0, 10, 0, 60, 2, 0xC3, 0x28]
        #expect(throws: AMQPWireError(.invalidUTF8, message: "")) { try AMQPMethod(decoding: blocked.span) }
        let start: [UInt8] = [0, 10, 0, 10, 0, 9, 0, 0, 0, 0, 0, 0, 0, 1, 0xFF, 0, 0, 0, 0]
        #expect(throws: AMQPWireError(.invalidUTF8, message: "")) { try AMQPMethod(decoding: start.span) }
        let secure: [UInt8] = [0, 10, 0, 20, 0, 0, 0, 2, 0xC3, 0x28]
        #expect(try AMQPMethod(decoding: secure.span) == .connectionSecure(ConnectionSecure(challenge: [0xC3, 0x28])))
    }
}
