// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

/// What the service keeps: something with a text, which each operation replaces.
struct Thing: Hashable, Sendable, JSONEncodable, JSONDecodable {
    /// The operation that made it so.
    var operation = ""
    /// How many operations there were on it.
    var version = 0
    var text = ""

    init(operation: String, version: Int, text: String) {
        self.operation = operation
        self.version = version
        self.text = text
    }

    init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "operation": self.operation = try .init(from: &reader)
            case "version": self.version = try .init(from: &reader)
            case "text": self.text = try .init(from: &reader)
            default: try reader.skip()
            }
        }
    }

    func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("operation", self.operation)
        writer.member("version", self.version)
        writer.member("text", self.text)
        writer.endObject()
    }
}
