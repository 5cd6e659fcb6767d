// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Makes a CloudEvent, writes it as JSON, and reads it again.

import CloudEvents
import JSONCoding

struct Authority: JSONEncodable, JSONDecodable {
    var id: String

    init(id: String) { self.id = id }

    init(from reader: inout JSONReader) throws(JSONError) {
        self.id = ""
        try reader.beginObject()
        while let key = try reader.nextKey() {
            if key == "id" { self.id = try reader.readString() } else { try reader.skip() }
        }
    }

    func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("id", self.id)
        writer.endObject()
    }
}

let ca = Authority(id: "factory-7")

var event = try CloudEvent(
    id: .random(), source: "source://lamassu.io/ctx/source/service/ca", type: "ca.create",
    subject: "ca/\(ca.id)", time: .now, json: ca)
event[.partitionKey] = .string(ca.id)
let bytes = try event.encoded(as: .json)

let received = try CloudEvent(decoding: bytes, format: .json)
let created = try received.decodeData(as: Authority.self)
print("\(received): \(created.id)")
