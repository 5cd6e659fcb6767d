// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CloudEvents
import LamassuEvents
import TestSupport
import Testing

/// Messages whose headers are the attributes of an event.
@Suite struct BinaryMessageTests {
    private static func headers(_ prefix: String, _ more: (String, AMQPValue)...) -> AMQPTable {
        let required: [(String, AMQPValue)] = [("specversion", "1.0"), ("id", "1"), ("source", "/ca"), ("type", "ca.create")]
        return AMQPTable((required + more).map { ("\(prefix)\($0)", $1) })
    }

    private func event(_ headers: AMQPTable?, _ body: String = "", contentType: String? = nil) throws -> CloudEvent {
        let message = IncomingMessage(body: Array(body.utf8), properties: AMQPProperties(contentType: contentType, headers: headers))
        return try message.event(acceptsPlainJSON: true)
    }

    @Test(arguments: ["ce-", "cloudEvents_", "cloudEvents:"])
    func `attributes are read under each prefix, and the body is the data`(_ prefix: String) throws {
        var headers = Self.headers(prefix, ("subject", "ca/ü"))
        headers["traceparent"] = "no attribute"
        let event = try self.event(headers, #"{"a":1}"#, contentType: "application/json; charset=utf-8")
        var expected = try CloudEvent(id: "1", source: "/ca", type: "ca.create", subject: "ca/ü")
        expected.dataContentType = try MediaType("application/json; charset=utf-8")
        expected.data = .json(Array(#"{"a":1}"#.utf8)[...])
        #expect(event == expected)
    }

    @Test func `values of every type that an event has are read, and what is void is not there`() throws {
        let event = try self.event(
            Self.headers(
                "ce-", ("text", "x"), ("yes", .bool(true)), ("small", .int8(-5)), ("large", .int64(6)), ("raw", .bytes([1, 2])),
                ("nothing", .void), ("time", .timestamp(1_772_600_767)), ("datacontenttype", "text/plain")))
        let extensions: [String: AttributeValue] = [
            "text": .string("x"), "yes": .boolean(true), "small": .integer(-5), "large": .integer(6), "raw": .string("AQI="),
        ]
        #expect(Dictionary(uniqueKeysWithValues: event.extensions.map { ($0.key.description, $0.value) }) == extensions)
        #expect(event.time == (try Timestamp(secondsSinceEpoch: 1_772_600_767)))
        #expect(event.data == nil && event.dataContentType == nil)
    }

    @Test func `a body that is not JSON by its content type stays bytes`() throws {
        let event = try self.event(Self.headers("ce-"), "{", contentType: "text/plain")
        #expect(event.data == .binary(Array("{".utf8)))
        #expect(try self.event(Self.headers("ce-"), "{").data == .binary(Array("{".utf8)))
    }

    @Test(
        arguments: [
            ["ce-specversion": "1.0", "ce-source": "/s", "ce-type": "t"],
            ["ce-id": "1"],
            Self.headers("ce-", ("ext", .table([:]))),
            Self.headers("ce-", ("ext", .array([]))),
            Self.headers("ce-", ("ext", .double(1.5))),
            Self.headers("ce-", ("ext", .int64(3_000_000_000))),
            Self.headers("ce-", ("ext", .opaqueString([0xFF]))),
            Self.headers("ce-", ("time", .timestamp(.max))),
            Self.headers("ce-", ("data", "x")),
            Self.headers("ce-", ("data_base64", "AA==")),
            Self.headers("ce-", ("Not-A-Name", "x")),
            Self.headers("ce-", ("id", "again")),
            AMQPTable(Self.headers("ce-").fields.map { ($0.name, $0.value) } + [("cloudEvents_subject", "s")]),
            ["ce-specversion": "0.3", "ce-id": "1", "ce-source": "/s", "ce-type": "t"],
            ["ce-specversion": "1.0", "ce-id": "", "ce-source": "/s", "ce-type": "t"],
            ["ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": .void],
        ] as [AMQPTable])
    func `what is not all of an event is none`(_ headers: AMQPTable) {
        #expect(throws: LamassuEventsError(.undecodable, message: "")) { try self.event(headers, contentType: "application/json") }
    }

    @Test(arguments: ["{", "1,\"id\":\"other\"", "{} {}", " "])
    func `a body that is not the one JSON value that it says is no event`(_ body: String) {
        #expect(throws: LamassuEventsError(.undecodable, message: "")) {
            try self.event(Self.headers("ce-"), body, contentType: "application/json")
        }
    }

    @Test func `a content type of events counts for more than headers`() throws {
        let body = #"{"specversion":"1.0","id":"of the body","source":"/s","type":"t"}"#
        #expect(try self.event(Self.headers("ce-"), body, contentType: "application/CloudEvents+json").id == "of the body")
        #expect(throws: LamassuEventsError(.undecodable, message: "")) {
            try self.event(Self.headers("ce-"), body, contentType: "application/cloudevents-batch+json")
        }
    }

    @Test func `no header makes the consumer trap`() throws {
        var generator = SeededGenerator(seed: 4)
        let values: [AMQPValue] = [.void, .bool(true), "1.0", "", .int64(.min), .timestamp(7), .bytes([0]), .table(["a": 1]), .float(.nan)]
        let names = ["specversion", "id", "source", "type", "time", "subject", "data", "dataschema", "", "é"]
        for _ in 0..<2_000 {
            let fields = (0..<Int.random(in: 1...8, using: &generator)).compactMap { _ -> (String, AMQPValue)? in
                guard let name = names.randomElement(using: &generator), let value = values.randomElement(using: &generator) else {
                    return nil
                }
                return ("ce-\(name)", value)
            }
            // Whether it is an event depends on the draw.
            if let event = try? self.event(AMQPTable(fields)) { #expect(event.specVersion == .v1) }
        }
    }
}
