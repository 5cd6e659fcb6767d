// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import TestSupport
import Testing

struct JSONWriterTests {
    @Test func `members come in the order of the calls, with no whitespace`() throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("b", "text")
        writer.member("a", ifPresent: Int?.none)
        writer.member("n", Int?.none)
        writer.key("list")
        writer.beginArray()
        writer.integer(UInt8.max)
        writer.double(-0.5)
        writer.bool(true)
        writer.bool(false)
        writer.null()
        writer.beginObject()
        writer.endObject()
        writer.beginArray()
        writer.endArray()
        writer.endArray()
        writer.member("map", ["z": 1, "y": 2])
        writer.endObject()
        let text = String(decoding: try writer.finish(), as: UTF8.self)
        #expect(text == #"{"b":"text","n":null,"list":[255,-0.5,true,false,null,{},[]],"map":{"y":2,"z":1}}"#)
    }

    @Test func `only quotation mark, backslash and controls are escaped`() throws {
        let controls = String(String.UnicodeScalarView((0..<0x20).compactMap { Unicode.Scalar($0) }))
        #expect(
            String(decoding: try JSONWriter.encode("\"\\/\u{7F}é😀\u{2028}" + controls), as: UTF8.self)
                == "\"\\\"\\\\/\u{7F}é😀\u{2028}" + #"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
                + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f""#)
    }

    static let misuses: [@Sendable (inout JSONWriter) -> Void] = [
        { _ in },
        { $0.beginObject() },
        { $0.beginArray() },
        { $0.endObject() },
        { $0.endArray() },
        { $0.key("a") },
        {
            $0.null()
            $0.null()
        },
        {
            $0.beginArray()
            $0.key("a")
            $0.null()
            $0.endArray()
        },
        {
            $0.beginObject()
            $0.null()
            $0.endObject()
        },
        {
            $0.beginObject()
            $0.beginObject()
            $0.endObject()
            $0.endObject()
        },
        {
            $0.beginObject()
            $0.key("a")
            $0.endObject()
        },
        {
            $0.beginObject()
            $0.key("a")
            $0.key("b")
            $0.null()
            $0.endObject()
        },
        {
            $0.beginObject()
            $0.member("a", 1)
            $0.integer(2)
            $0.endObject()
        },
        {
            $0.beginObject()
            $0.endArray()
        },
        {
            $0.beginArray()
            $0.endObject()
        },
        {
            $0.beginArray()
            $0.endArray()
            $0.endArray()
        },
    ]

    @Test(arguments: misuses.indices)
    func `calls out of order never give a text`(_ index: Int) {
        var writer = JSONWriter()
        Self.misuses[index](&writer)
        let copy = writer
        #expect(throws: JSONError(.misuse, at: 0, message: "")) { _ = try copy.finish() }
    }

    @Test(arguments: [Double.infinity, -.infinity, .nan])
    func `a number without a JSON form is refused`(_ value: Double) {
        #expect(throws: JSONError(.numberNotRepresentable, at: 0, message: "")) {
            _ = try JSONWriter.encode([1.5, value])
        }
    }

    @Test(arguments: ["1", " 1 ", "\"a\"", "null", "[1, 2]", "{ \"a\" : 1.0 }", "\"\\ud800\""])
    func `raw text of one value is taken as it stands`(_ text: String) throws {
        var writer = JSONWriter()
        writer.beginArray()
        writer.raw(Array(text.utf8))
        writer.raw(Array("xx\(text)yy".utf8)[2..<2 + text.utf8.count])
        writer.endArray()
        let value = text.drop { $0 == " " }.prefix(text == " 1 " ? 1 : text.count)
        #expect(String(decoding: try writer.finish(), as: UTF8.self) == "[\(value),\(value)]")
    }

    @Test(arguments: ["", " ", "1,2", "1}", "1]", "]", "1,\"b\":2", "\"a\":1", "{", "tru", "[1", "1 2", "\u{FEFF}1"])
    func `raw text of anything else is refused`(_ text: String) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("a")
        writer.raw(Array(text.utf8))
        writer.endObject()
        let copy = writer
        #expect(throws: JSONError.self) { try copy.finish() }
    }

    @Test func `what fails first is what is thrown`() {
        var writer = JSONWriter()
        writer.fail(.invalidValue, "no")
        writer.endArray()
        let copy = writer
        #expect(throws: JSONError(.invalidValue, at: 0, message: "")) { _ = try copy.finish() }
    }

    /// Whatever is called, in whatever order: a text that comes out is JSON.
    @Test func `random calls give JSON or an error`() throws {
        var random = SeededGenerator(seed: 1)
        var finished = 0
        for _ in 0..<20_000 {
            var writer = JSONWriter()
            for _ in 0..<Int.random(in: 1...7, using: &random) {
                switch Int.random(in: 0..<9, using: &random) {
                case 0: writer.beginObject()
                case 1: writer.endObject()
                case 2: writer.beginArray()
                case 3: writer.endArray()
                case 4: writer.key("\u{1}")
                case 5: writer.string("\"")
                case 6: writer.raw(Array("[ {} ]".utf8))
                case 7: writer.member("m", false)
                default: writer.integer(-7)
                }
            }
            let copy = writer
            guard let text = try? copy.finish() else { continue }
            finished += 1
            #expect(throws: Never.self) { try JSONValue(parsing: text) }
        }
        #expect(finished > 500)
    }
}
