// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import JSONCoding

/// A request that botocore made, from a file that `Scripts/record-aws-requests.py` writes.
package struct RecordedRequest: Hashable, Sendable, CustomStringConvertible, JSONDecodable {
    /// The case's name.
    package var name = ""
    private var method = ""
    private var target = ""
    private var headers: [String: String] = [:]
    private var body = ""

    /// The requests of a file.
    package static func all(in file: [UInt8]) throws -> [RecordedRequest] {
        var cases: [RecordedRequest] = []
        var json = JSONReader(file)
        try json.beginObject()
        while let key = try json.nextKey() {
            if key == "cases" { cases = try .init(from: &json) } else { try json.skip() }
        }
        try json.finish()
        return cases
    }

    /// What of it carries input.
    package func shape() throws -> RequestShape {
        try RequestShape(method: self.method, target: self.target, headers: self.headers, body: Array(self.body.utf8))
    }

    package var description: String { self.name }

    package init(from reader: inout JSONReader) throws(JSONError) {
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "name": self.name = try .init(from: &reader)
            case "method": self.method = try .init(from: &reader)
            case "target": self.target = try .init(from: &reader)
            case "headers": self.headers = try .init(from: &reader)
            case "body": self.body = try .init(from: &reader)
            default: throw JSONError(.invalidValue, at: reader.offset, message: "a recorded request has no member \(key)")
            }
        }
    }
}
