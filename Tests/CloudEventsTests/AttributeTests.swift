// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import TestSupport
import Testing

struct AttributeTests {
    @Test(arguments: [
        ("2026-03-04T05:06:07Z", 1_772_600_767, 0, 0), ("1970-01-01T00:00:00.5Z", 0, 500_000_000, 0),
        ("1969-12-31T23:59:59.000000001+00:00", -1, 1, 0), ("2026-03-04T05:06:07-23:59", 1_772_687_107, 0, -1439),
        ("2026-03-04T05:06:07.100-00:00", 1_772_600_767, 100_000_000, 0), ("0000-01-01T00:00:00+23:59", -62_167_305_540, 0, 1439),
        ("9999-12-31T23:59:60Z", 253_402_300_800, 0, 0), ("2016-12-31T23:59:60Z", 1_483_228_800, 0, 0),
        ("2015-07-01T05:29:60.25+05:30", 1_435_708_800, 250_000_000, 330), ("2000-02-29T00:00:00Z", 951_782_400, 0, 0),
    ])
    func `a timestamp keeps moment, offset and digits`(_ text: String, _ seconds: Int64, _ nanoseconds: Int, _ offset: Int) throws {
        let timestamp = try Timestamp(text)
        #expect(timestamp.secondsSinceEpoch == seconds)
        #expect(timestamp.nanoseconds == nanoseconds)
        #expect(timestamp.offsetMinutes == offset)
        #expect(timestamp.description == text)
    }

    @Test(arguments: [
        ("2026-03-04t05:06:07z", "2026-03-04T05:06:07Z"), ("2026-03-04T05:06:07.1234567899Z", "2026-03-04T05:06:07.123456789Z"),
    ])
    func `letters come out in upper case and digits after the ninth are dropped`(_ text: String, _ written: String) throws {
        #expect(try Timestamp(text).description == written)
    }

    @Test(arguments: [
        "", "2026-03-04", "2026-03-04T05:06Z", "2026-03-04 05:06:07Z", "2026-3-04T05:06:07Z", "2026-00-04T05:06:07Z",
        "2026-04-31T05:06:07Z",
        "2026-03-00T05:06:07Z", "1900-02-29T00:00:00Z", "2026-03-04T05:60:07Z", "2026-03-04T05:06:60Z", "2026-03-31T23:59:60+01:00",
        "2026-03-04T23:59:60Z", "2026-03-04T05:06:07+05:60", "2026-03-04T05:06:07,5Z", "+2026-03-04T05:06:07Z", "2026-03-04T05:06:07 Z",
        "2026-03-04T05:06:07+0A:00", "2026-03-04T05:06:07.5", "-026-03-04T05:06:07Z",
    ])
    func `anything else is no timestamp`(_ text: String) {
        #expect(throws: CloudEventError(.invalidAttribute, message: "")) { try Timestamp(text) }
    }

    @Test func `a timestamp is made from numbers, in their ranges`() throws {
        #expect(try Timestamp(secondsSinceEpoch: 0).description == "1970-01-01T00:00:00Z")
        #expect(
            try Timestamp(secondsSinceEpoch: -1, nanoseconds: 120_000_000, offsetMinutes: -90).description == "1969-12-31T22:29:59.12-01:30"
        )
        for (seconds, nanoseconds, offset): (Int64, Int, Int) in [
            (0, -1, 0), (0, 1_000_000_000, 0), (0, 0, 1440), (0, 0, -1440), (.max, 0, 0), (.min, 0, 0), (253_402_300_800, 0, 0),
            (253_402_300_799, 0, 1), (-62_167_219_200, 0, -1),
        ] {
            #expect(throws: CloudEventError(.invalidAttribute, message: "")) {
                try Timestamp(secondsSinceEpoch: seconds, nanoseconds: nanoseconds, offsetMinutes: offset)
            }
        }
    }

    @Test func `random moments come back from their text`() throws {
        var random = SeededGenerator(seed: 3339)
        for _ in 0..<5_000 {
            let timestamp = try Timestamp(
                secondsSinceEpoch: .random(in: -62_167_132_800...253_402_214_399, using: &random),
                nanoseconds: .random(in: 0..<1_000_000_000, using: &random) / (Bool.random(using: &random) ? 1 : 1_000_000),
                offsetMinutes: .random(in: -1439...1439, using: &random))
            #expect(try Timestamp(timestamp.description) == timestamp)
        }
        let now = Timestamp.now
        #expect(try Timestamp(now.description) == now)
        #expect(now.secondsSinceEpoch > 1_700_000_000, "the clock counts from 1970")
    }

    @Test(arguments: [
        "", "/", "a", "a/b", "?q", "#f", "//h", "//h:8/p", "//u:p@h", "s:", "s:p", "s:/p", "s://", "s:///p", "S+1-2.3:x", "http://h?q#f",
        "http://1.2.3.4/", "http://999.1.1.1/", "http://[::]", "http://[1:2:3:4:5:6:7:8]", "http://[::1.2.3.4]", "http://[1::8]:80",
        "http://[1:2:3:4:5:6:1.2.3.4]", "http://[vF.a:b]", "./a:b", "a;b=c,d", "%41%ff", "a?b/c?d:e@f", "?#", "s:a:b@c", "/a//b",
    ])
    func `a reference by RFC 3986 is taken`(_ text: String) throws {
        #expect(try URIReference(text).description == text)
        #expect(try URIReference(text).hasScheme == text.lowercased().contains(#/^[a-z][a-z0-9+.\-]*:/#))
    }

    @Test(arguments: [
        " ", "a b", "a\u{0}", "é", "a:b:c d", "1a:b", ":a", "a_b:c", "%", "%4", "%4g", "[a]", "a[", "{", "}", "|", "\\", "^", "`", "\"",
        "<", ">",
        "#a#b", "//h:a", "//h:8a", "//a@b@c", "//[", "//[]", "//[::1", "//[::1]a", "//[1]", "//[:::]", "//[1::2::3]", "//[1:2:3:4:5:6:7]",
        "//[1:2:3:4:5:6:7:8:9]", "//[1:2:3:4:5:6:7:8::]", "//[12345::]", "//[g::]", "//[::1.2.3]", "//[::1.2.3.256]", "//[::01.2.3.4]",
        "//[1.2.3.4::]", "//[v.a]", "//[v1.]", "//[v1.%41]", "//h h", "//[::1%25eth0]", "//[:1]", "//[1:]",
    ])
    func `anything else is no reference`(_ text: String) {
        #expect(throws: CloudEventError(.invalidAttribute, message: "")) { try URIReference(text) }
    }

    @Test func `a URI has a scheme`() throws {
        #expect(try URIReference(URI("urn:x#f")).hasScheme)
        for text in ["/x", "", "x", "#f", "//h"] {
            #expect(throws: CloudEventError(.invalidAttribute, message: "")) { try URI(text) }
        }
    }

    @Test(arguments: [
        ("application/json", true), ("TEXT/JSON", true), ("a/b+Json ; c=d", true), ("a/json;c=\"\\\"; x\"", true), ("a/json-seq", false),
        ("json/a", false), ("text/plain;a=json;b=c", false), ("a/+json", true), ("x/jsonx", false),
    ])
    func `a media type tells whether it is JSON`(_ text: String, _ isJSON: Bool) throws {
        let type = try MediaType(text)
        #expect(type.isJSON == isJSON)
        #expect(type.description == text)
    }

    @Test(arguments: [
        "", "a", "/", "a/", "/b", "a/b/c", " a/b", "a/b ", "a /b", "a/b;", "a/b; c", "a/b; c=", "a/b; =d", "a/b; c =d", "a/b; c= d",
        "a/b c=d",
        "a/b; c=\"d", "a/b; c=\"d\"e", "a/b; c=\"\u{7}\"", "a/b; c=\"é\"", "é/b", "a/b; c=\"\\", "a/b, c/d", "a/b;;c=d",
    ])
    func `anything else is no media type`(_ text: String) {
        #expect(throws: CloudEventError(.invalidAttribute, message: "")) { try MediaType(text) }
    }

    @Test(arguments: ["id", "specversion", "data", "dataschema", "time", "", "A", "a-b", "a_b", "a b", "é", "data_base64", "a\u{0}"])
    func `a name that is taken or malformed is no extension's`(_ text: String) {
        #expect(throws: CloudEventError.self) { try ExtensionName(text) }
    }

    @Test func `values have their canonical text`() throws {
        let values: [(AttributeValue, String)] = [
            (true, "true"), (false, "false"), (-5, "-5"), ("x", "x"), (.binary([255]), "/w=="), (.uri(try URI("a:b")), "a:b"),
            (.uriReference(try URIReference("../b")), "../b"),
            (.timestamp(try Timestamp("2026-03-04T05:06:07.50Z")), "2026-03-04T05:06:07.50Z"),
        ]
        for (value, text) in values { #expect(value.text == text) }
    }
}
