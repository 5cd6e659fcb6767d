// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import Testing

struct JSONReaderTests {
    @Test func `an object is read member by member in any order`() throws {
        let text = #" { "name" : "pump\u00e9\ud83d\ude00" , "count":-12, "on":true, "none":null, "tags":["a","b"], "x":1.50} "#
        var reader = JSONReader(Array(text.utf8))
        var seen: [String] = []
        try reader.beginObject()
        while let key = try reader.nextKey() {
            seen.append(key)
            switch key {
            case "name": #expect(try reader.readString() == "pumpé😀")
            case "count": #expect(try reader.readInteger(as: Int8.self) == -12)
            case "on": #expect(try reader.readBool())
            case "none": #expect(try reader.readNullIfPresent())
            case "tags": #expect(try [String](from: &reader) == ["a", "b"])
            default: #expect(try reader.readNumber().description == "1.50")
            }
        }
        try reader.finish()
        #expect(seen == ["name", "count", "on", "none", "tags", "x"])
    }

    @Test func `nulls in lists and maps are left out where that is wanted, and otherwise refused`() throws {
        let text = Array(#"[{"a": [null, "x", null], "b": null, "c": []}, null, {"b": ["y"], "b": null}]"#.utf8)
        var reader = JSONReader(text)
        #expect(throws: JSONError(.typeMismatch, at: 7, message: "")) { try [[String: [String]]](from: &reader) }
        reader = JSONReader(text)
        reader.leavesOutNulls = true
        #expect(try [[String: [String]]](from: &reader) == [["a": ["x"], "c": []], [:]])
        try reader.finish()
        reader = JSONReader(text)
        reader.leavesOutNulls = true
        #expect(try JSONValue(from: &reader) == JSONValue(parsing: text))
    }

    @Test func `a value of another kind is reported and can still be read as what it is`() throws {
        var reader = JSONReader(Array("[1.5]".utf8))
        try reader.beginArray()
        #expect(try reader.nextElement())
        #expect(throws: JSONError(.typeMismatch, at: 1, message: "")) { _ = try reader.readString() }
        #expect(throws: JSONError(.typeMismatch, at: 1, message: "")) { try reader.beginObject() }
        #expect(throws: JSONError(.numberNotRepresentable, at: 1, message: "")) {
            _ = try reader.readInteger(as: Int.self)
        }
        #expect(try reader.readDouble() == 1.5)
        #expect(try !reader.nextElement())
        try reader.finish()
    }

    @Test func `the raw bytes of a value are told as indices of the buffer, slices included`() throws {
        let bytes = Array(#"xx{"a": {"b":[1, 2]} ,"c":"d"}"#.utf8)
        var reader = JSONReader(bytes[2...])
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        let range = try reader.readRaw()
        #expect(String(decoding: bytes[range], as: UTF8.self) == #"{"b":[1, 2]}"#)
        #expect(try reader.nextKey() == "c")
        #expect(String(decoding: bytes[try reader.readRaw()], as: UTF8.self) == #""d""#)
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test func `calls out of order are an error and move nothing`() throws {
        let misuse = JSONError(.misuse, at: 0, message: "")
        var reader = JSONReader(Array(#"{"a":[1],"b":2}"#.utf8))
        #expect(throws: misuse) { _ = try reader.nextKey() }
        #expect(throws: misuse) { _ = try reader.nextElement() }
        #expect(throws: misuse) { try reader.finish() }
        try reader.beginObject()
        #expect(throws: misuse) { _ = try reader.readString() }
        #expect(throws: misuse) { _ = try reader.nextElement() }
        #expect(try reader.nextKey() == "a")
        #expect(throws: misuse) { _ = try reader.nextKey() }
        try reader.beginArray()
        #expect(throws: misuse) { _ = try reader.nextKey() }
        #expect(try reader.nextElement())
        #expect(throws: misuse) { _ = try reader.nextElement() }
        #expect(try reader.readInteger() == 1)
        #expect(throws: misuse) { _ = try reader.readInteger(as: Int.self) }
        #expect(try !reader.nextElement())
        #expect(throws: misuse) { try reader.finish() }
        #expect(try reader.nextKey() == "b")
        try reader.skip()
        #expect(try reader.nextKey() == nil)
        try reader.finish()
    }

    @Test func `a reader that met malformed text never finishes`() throws {
        var reader = JSONReader(Array(#"{"a":1;}"#.utf8))
        try reader.beginObject()
        #expect(try reader.nextKey() == "a")
        try reader.skip()
        for _ in 0..<3 {
            #expect(throws: JSONError(.unexpectedByte, at: 6, message: "")) { _ = try reader.nextKey() }
        }
        #expect(throws: JSONError(.misuse, at: 6, message: "")) { try reader.finish() }
    }

    @Test func `standard types read themselves`() throws {
        #expect(try JSONReader.decode([Int?].self, from: Array("[1,null,-3]".utf8)) == [1, nil, -3])
        #expect(try JSONReader.decode([String: Double].self, from: Array(#"{"a":1,"b":2.5,"a":3}"#.utf8)) == ["a": 3, "b": 2.5])
        #expect(try JSONReader.decode(UInt64.self, from: Array("18446744073709551615".utf8)) == .max)
        #expect(throws: JSONError(.numberNotRepresentable, at: 0, message: "")) {
            _ = try JSONReader.decode(Int32.self, from: Array("2147483648".utf8))
        }
    }

    @Test func `no message quotes a value of the text`() {
        for text in ["\"secret", "[\"secret\" 1]", "{\"secret\":tru1}", "\"secret\\q\"", "\"secret\""] {
            var reader = JSONReader(Array(text.utf8))
            let error = #expect(throws: JSONError.self) {
                _ = try reader.readBool()
            }
            #expect(error?.description.contains("secret") == false)
            let parsing = #expect(throws: JSONError.self) { _ = try JSONValue(parsing: Array(text.utf8) + Array("x".utf8)) }
            #expect(parsing?.description.contains("secret") == false)
        }
    }
}
