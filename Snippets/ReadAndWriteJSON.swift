// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Reads one JSON text step by step and as a tree, and writes another.

import JSONCoding

let bytes = Array(#"{"id": "4f2a", "tags": ["lab", "eu"], "battery": 0.93}"#.utf8)
var id: String?
var tags: [String] = []

var reader = JSONReader(bytes)
try reader.beginObject()
while let key = try reader.nextKey() {
    switch key {
    case "id": id = try reader.readString()
    case "tags": tags = try [String](from: &reader)
    default: try reader.skip()
    }
}
try reader.finish()

let tree = try JSONValue(parsing: bytes)
print(tree["battery"]?.numberValue?.double ?? 0)

let alias: String? = nil
var writer = JSONWriter()
writer.beginObject()
writer.member("id", id)
writer.member("alias", ifPresent: alias)
writer.member("tags", tags)
writer.endObject()
let written = try writer.finish()
print(String(decoding: written, as: UTF8.self))
