// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import TestSupport
import Testing

struct CloudEventTests {
    private struct Authority: JSONEncodable {
        var id: String

        func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("id", self.id)
            writer.endObject()
        }
    }

    private func text(_ event: CloudEvent) throws -> String { String(decoding: try event.encoded(as: .json), as: UTF8.self) }

    private func decode(_ text: String, options: CloudEvent.DecodingOptions = .init()) throws -> CloudEvent {
        try CloudEvent(decoding: Array(text.utf8), format: .json, options: options)
    }

    /// An event whose members besides the required ones are `members`.
    private func decode(members: String) throws -> CloudEvent {
        try self.decode(#"{"specversion":"1.0","id":"1","source":"/s","type":"t","# + members + "}")
    }

    @Test func `an event is written in one order, extensions by name`() throws {
        var event = try CloudEvent(
            id: "1", source: "source://lamassu.io/ctx/source/service/ca", type: "ca.create", subject: "ca/7",
            time: Timestamp("2026-11-21T11:03:07.12Z"), dataSchema: URI("urn:x:schema"), json: Authority(id: "7"))
        event[try ExtensionName("zone")] = true
        event[.sequence] = 7
        event[.authID] = .string("a\"b")
        event[try ExtensionName("bytes")] = .binary([0, 255])
        #expect(
            try self.text(event)
                == #"{"specversion":"1.0","id":"1","source":"source://lamassu.io/ctx/source/service/ca","type":"ca.create","subject":"ca/7","#
                + #""datacontenttype":"application/json","dataschema":"urn:x:schema","time":"2026-11-21T11:03:07.12Z","data":{"id":"7"},"#
                + #""authid":"a\"b","bytes":"AP8=","sequence":7,"zone":true}"#)
    }

    @Test func `random identifiers are 32 hexadecimal digits and differ`() {
        let ids = (0..<1_000).map { _ in CloudEvent.ID.random().rawValue }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.utf8.count == 32 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    }

    @Test func `identifiers in the order of time are UUIDs of version 7`() throws {
        // The moment of RFC 9562, appendix A.6.
        let moment = try Timestamp(secondsSinceEpoch: 1_645_557_742, nanoseconds: 999_999)
        let ids = (0..<1_000).map { _ in CloudEvent.ID.timeOrdered(at: moment).rawValue }
        #expect(Set(ids).count == ids.count)
        for id in ids {
            #expect(id.wholeMatch(of: /017f22e2-79b0-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/) != nil)
        }
        // The bits that are random are: none of them is the same in all.
        let texts = ids.map { Array($0.utf8) }
        for place in 15..<36 where ![18, 23].contains(place) {
            #expect(Set(texts.map { $0[place] }).count == (place == 19 ? 4 : 16), "place \(place)")
        }
    }

    @Test func `identifiers of later milliseconds are greater, those before 1970 are of its first one`() throws {
        let moments = [-5, 0, 0.001, 1, 1.5, 1_795_000_000, 1_795_000_000.999, 253_402_300_799]
        let ids = try moments.map { seconds in
            let whole = seconds.rounded(.down)
            return CloudEvent.ID.timeOrdered(
                at: try Timestamp(secondsSinceEpoch: Int64(whole), nanoseconds: Int(((seconds - whole) * 1_000).rounded()) * 1_000_000)
            ).rawValue
        }
        let times = ids.map { $0.prefix(13) }
        #expect(times[0] == "00000000-0000")
        #expect(times.dropFirst().elementsEqual(times.dropFirst().sorted()))
        #expect(Set(times.dropFirst()).count == moments.count - 1)
        #expect(CloudEvent.ID.timeOrdered().rawValue > ids[4])
    }

    @Test func `what an event may not hold is refused where it is made, and where it is written`() throws {
        func refusal(_ attribute: String) -> CloudEventError { CloudEventError(.invalidAttribute, attribute: attribute, message: "") }
        #expect(throws: refusal("id")) { try CloudEvent(id: "", source: "/s", type: "t") }
        #expect(throws: refusal("source")) { try CloudEvent(id: "1", source: "", type: "t") }
        #expect(throws: refusal("source")) { try CloudEvent(id: "1", source: "a b", type: "t") }
        #expect(throws: refusal("type")) { try CloudEvent(id: "1", source: "/s", type: "") }
        #expect(throws: refusal("type")) { try CloudEvent(id: "1", source: "/s", type: "a\u{7}") }
        #expect(throws: refusal("subject")) { try CloudEvent(id: "1", source: "/s", type: "t", subject: "") }
        #expect(throws: refusal("subject")) { try CloudEvent(id: "1", source: "/s", type: "t", subject: "a\u{FFFE}") }
        #expect(throws: CloudEventError(.invalidData, message: "")) {
            try CloudEvent(id: "1", source: "/s", type: "t", json: [Double.nan])
        }
        let event = try CloudEvent(id: "1", source: "/s", type: "t")
        let changes: [(String, (inout CloudEvent) throws -> Void)] = [
            ("id", { $0.id = "\u{1}" }), ("type", { $0.type = "" }), ("subject", { $0.subject = "\u{9F}" }),
            ("source", { $0.source = try URIReference("") }), ("dataschema", { $0.dataSchema = try URIReference("/relative") }),
            ("authid", { $0[.authID] = "a\nb" }),
        ]
        for (attribute, change) in changes {
            var changed = event
            try change(&changed)
            #expect(throws: refusal(attribute)) { try changed.encoded(as: .json) }
        }
    }

    @Test func `data and content type must fit, so that a reader sees what was sent`() throws {
        let mismatches: [(MediaType?, EventData)] = [
            (nil, .text("a")), (.json, .text("a")), (try MediaType("text/plain"), .json(Array("1".utf8)[...])), (nil, .json([])),
            (.json, .json(Array("1,2".utf8)[...])),
        ]
        for (contentType, data) in mismatches {
            #expect(throws: CloudEventError(.invalidData, message: "")) {
                try CloudEvent(id: "1", source: "/s", type: "t", dataContentType: contentType, data: data).encoded(as: .json)
            }
        }
        for (contentType, data): (MediaType?, EventData) in [
            (nil, .binary([1])), (.json, .binary([1])), (try MediaType("text/plain"), .binary([])), (nil, .json(Array("null".utf8)[...])),
            (try MediaType("text/plain"), .text("\u{0}é")),
        ] {
            let event = try CloudEvent(id: "1", source: "/s", type: "t", dataContentType: contentType, data: data)
            #expect(try self.decode(self.text(event)) == event)
        }
    }

    @Test func `JSON data is a slice of the buffer that was decoded`() throws {
        let buffer = Array(#"{"data": {"a" : 1.0} ,"specversion":"1.0","id":"1","source":"/s","type":"t"}"#.utf8)
        guard case .json(let bytes) = try CloudEvent(decoding: buffer, format: .json).data else {
            Issue.record("the data is not JSON")
            return
        }
        #expect(bytes.startIndex == 9)
        #expect(String(decoding: bytes, as: UTF8.self) == #"{"a" : 1.0}"#)
    }

    @Test func `no data and null are different, and so are their events`() throws {
        let none = try self.decode(members: #""subject":null"#)
        let null = try self.decode(members: #""data":null"#)
        #expect(none.data == nil)
        #expect(none.subject == nil)
        #expect(null.data == .json(Array("null".utf8)[...]))
        #expect(none != null)
        #expect(try !self.text(none).contains("data"))
        #expect(try self.text(null).contains(#""data":null"#))
    }

    static let faults: [(String, CloudEventError.Code, String?)] = [
        (#""subject":null,"subject":"x""#, .repeatedMember, "subject"), (#""ext":1,"ext":1"#, .repeatedMember, "ext"),
        (#""data_base64":"","data_base64":"""#, .repeatedMember, "data_base64"), (#""data":1,"d\u0061ta":1"#, .repeatedMember, "data"),
        (#""My-Ext":1"#, .invalidAttributeName, nil), (#""":1"#, .invalidAttributeName, nil),
        (#""my-ext":null"#, .invalidAttributeName, nil),
        (#""subject":5"#, .invalidAttribute, "subject"), (#""ext":{}"#, .invalidAttribute, "ext"),
        (#""ext":"\udc00""#, .invalidAttribute, "ext"),
        (#""time":"""#, .invalidAttribute, "time"), (#""dataschema":"x""#, .invalidAttribute, "dataschema"),
        (#""datacontenttype":"x""#, .invalidAttribute, "datacontenttype"), (#""ext":[1"#, .malformed, nil),
        (#""bad\nname":1,"bad\nname":1"#, .repeatedMember, nil),
    ]

    @Test(arguments: faults)
    func `an error names the attribute, and never a name that could not be one`(
        _ members: String, _ code: CloudEventError.Code, _ attribute: String?
    ) {
        #expect(throws: CloudEventError(code, attribute: attribute, message: "")) { try self.decode(members: members) }
    }

    @Test func `limits are the caller's`() throws {
        let text = #"{"specversion":"1.0","id":"1","source":"/s","type":"t","data":[[1]]}"#
        var options = CloudEvent.DecodingOptions()
        options.maximumSize = text.utf8.count
        options.maximumDataDepth = 2
        #expect(throws: Never.self) { try self.decode(text, options: options) }
        options.maximumDataDepth = 1
        #expect(throws: CloudEventError(.malformed, message: "")) { try self.decode(text, options: options) }
        options = .init()
        options.maximumSize = text.utf8.count - 1
        #expect(throws: CloudEventError(.tooLarge, message: "")) { try self.decode(text, options: options) }
        let deep = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
        #expect(try self.text(self.decode(members: #""data":"# + deep)).contains(deep))
    }

    @Test func `an event of version 0.3 is read, and written once it is made one of 1.0`() throws {
        let text =
            #"{"specversion":"0.3","id":"1","source":"/s","type":"t","schemaurl":"/schema","datacontentencoding":"Base64","data":"AP8="}"#
        var event = try self.decode(text)
        #expect(event.specVersion == .v03)
        #expect(event.dataSchema?.description == "/schema")
        #expect(event.data == .binary([0, 255]))
        #expect(throws: CloudEventError(.unsupportedSpecVersion, attribute: "specversion", message: "")) { try event.encoded(as: .json) }
        event.specVersion = .v1
        event.dataSchema = nil
        #expect(try self.text(event) == #"{"specversion":"1.0","id":"1","source":"/s","type":"t","data_base64":"AP8="}"#)
        var options = CloudEvent.DecodingOptions()
        options.acceptsVersion03 = false
        #expect(throws: CloudEventError(.unsupportedSpecVersion, attribute: "specversion", message: "")) {
            try self.decode(text, options: options)
        }
    }

    @Test func `source and id are what an event is known by`() throws {
        let event = try CloudEvent(id: "1", source: "/s", type: "t", time: .now)
        #expect(try CloudEvent(id: "1", source: "/s", type: "other").identity == event.identity)
        #expect(try CloudEvent(id: "1", source: "/other", type: "t").identity != event.identity)
        #expect(try CloudEvent(id: "2", source: "/s", type: "t").identity != event.identity)
    }

    @Test func `the description shows neither data nor extensions`() throws {
        var event = try CloudEvent(id: "1", source: "/s", type: "t", json: "secret")
        event[.authClaims] = "secret"
        for text in ["\(event)", String(reflecting: event)] { #expect(!text.contains("secret")) }
    }

    @Test func `damaged events never trap, and what is taken can be written and read again`() throws {
        let sample =
            Array(
                #"{"specversion":"1.0","id":"é","source":"http://[::1]:8/a?b#c","type":"t","time":"2026-03-04T05:06:07.5+01:00","ext":-1,"#
                    .utf8)
            + Array(#""datacontenttype":"text/plain; a=\"b\"","dataschema":"urn:x","subject":"\ud83d\ude00","data":"x\n"}"#.utf8)
        #expect(throws: Never.self) { try CloudEvent(decoding: sample, format: .json) }
        var random = SeededGenerator(seed: 1_0)
        var accepted = 0
        for _ in 0..<20_000 {
            var bytes = sample
            for _ in 0...Int.random(in: 0...1, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                bytes[place] =
                    Bool.random(using: &random) ? .random(in: .min ... .max, using: &random) : (bytes.randomElement(using: &random) ?? 0)
            }
            guard let event = try? CloudEvent(decoding: bytes, format: .json) else { continue }
            accepted += 1
            var current = event
            current.specVersion = .v1
            #expect(try CloudEvent(decoding: current.encoded(as: .json), format: .json) == current)
        }
        #expect(accepted > 1_000)
    }
}
