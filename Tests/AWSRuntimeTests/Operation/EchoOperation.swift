// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime

/// An operation of a service that does not exist, for what all services share.
struct Echo: AWSJSONOperation {
    static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .restJSON) }
    static var name: String { "Echo" }

    var name = "a/b c"
    var text: String?
    var limit: Int?

    func encode(into request: inout AWSRequestBuilder) {
        request.http(.put, "/things/\(self.name)/echo")
        request.query("limit", self.limit)
        request.query("exact", self.limit.map { $0 > 0 })
        request.header("x-amzn-note", self.text.map { "n-\($0)" })
        request.json("text", self.text)
    }

    typealias Output = String?

    static func decode(_ json: inout JSONReader) throws(JSONError) -> String? {
        var output: String?
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "text": output = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}

/// An operation of the query protocol.
struct QueryEcho: AWSQueryOperation {
    static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .query(version: "2010-05-15")) }
    static var name: String { "QueryEcho" }

    var text = "a b&c=ü"

    func encode(into request: inout AWSRequestBuilder) { request.form("Text", self.text) }

    typealias Output = String?

    static func decode(_ result: inout XMLReader) throws(XMLError) -> String? {
        var output: String?
        while let element = try result.nextElement() {
            if element == "Text" { output = try result.readText() } else { try result.skip() }
        }
        return output
    }
}

/// An operation of the JSON 1.0 protocol without input.
struct TargetEcho: AWSJSONOperation {
    static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .json10(targetPrefix: "TestService")) }
    static var name: String { "TargetEcho" }

    func encode(into request: inout AWSRequestBuilder) {}

    typealias Output = Void
}

/// An operation of the JSON 1.1 protocol.
struct LaterTargetEcho: AWSJSONOperation {
    static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .json11(targetPrefix: "TestService")) }
    static var name: String { "LaterTargetEcho" }

    var text: String?

    func encode(into request: inout AWSRequestBuilder) { request.json("text", self.text) }

    typealias Output = String?

    static func decode(_ json: inout JSONReader) throws(JSONError) -> String? { try Echo.decode(&json) }
}
