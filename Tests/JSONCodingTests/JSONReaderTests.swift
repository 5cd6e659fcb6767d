// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding
import Testing

struct JSONReaderTests {
    @Test func `an object is read member by member in any order`() throws {
        let text = #" { "name" : "pump\u00e9\ud83d\ude00" , "count":-12, "on":true, "none":null, "tags":["a","b"],"x":1.50} "#
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
}
