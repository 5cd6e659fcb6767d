// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

package import AWSRuntime
import AWSSigner
package import JSONCoding

/// What of a request carries an operation's input, in a form in which equal requests are equal.
package struct RequestShape: Hashable, Sendable {
    package enum Body: Hashable, Sendable {
        case text(String)
        case json(JSONValue)
        case form([String])
    }

    package var method: String
    /// The path as it is encoded.
    package var path: String
    /// The decoded parameters, sorted.
    package var query: [String]
    /// The header fields by lower-case name.
    package var headers: [String: String]
    package var body: Body

    package init(method: String, target: String, headers: [String: String], body: [UInt8]) throws {
        let parts = target.split(separator: "?", maxSplits: 1)
        self.method = method
        self.path = String(parts.first ?? "")
        self.query = parts.count > 1 ? Self.parameters(parts[1]) : []
        self.headers = headers
        let text = String(decoding: body, as: UTF8.self)
        switch headers["content-type"] {
        case "application/json", "application/x-amz-json-1.0": self.body = .json(try JSONValue(parsing: body))
        case "application/x-www-form-urlencoded; charset=utf-8": self.body = .form(Self.parameters(text[...]))
        case "application/octet-stream":
            // The default of the REST-JSON protocol for bytes, which botocore leaves out.
            self.headers["content-type"] = nil
            self.body = .text(text)
        default: self.body = .text(text)
        }
    }

    /// The request that an operation encodes itself as.
    package init<Operation: AWSOperation>(of operation: Operation) throws {
        var builder = AWSRequestBuilder(Operation.self)
        operation.encode(into: &builder)
        let (head, body) = try builder.finish(for: AWSEndpoint(url: "http://127.0.0.1:1"))
        let headers = head.headerFields.map { ($0.name.canonicalName, $0.value) }
        try self.init(
            method: head.method.rawValue, target: head.path ?? "", headers: Dictionary(headers) { "\($0),\($1)" }, body: body)
    }

    private static func parameters(_ text: Substring) -> [String] {
        text.split(separator: "&").map { pair in
            String(decoding: PercentEncoding.decode(pair.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }), as: UTF8.self)
        }.sorted()
    }
}
