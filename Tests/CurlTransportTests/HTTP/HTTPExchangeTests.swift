// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPExchangeTests {
    /// What the server sees of a request, byte for byte, after its `Host`.
    struct Wire: Sendable, CustomTestStringConvertible {
        var method: HTTPRequest.Method
        var body: String
        var fields: HTTPFields = [:]
        var seen: String

        var testDescription: String { "\(self.method) \(self.body.isEmpty ? "without" : "with") body" }
    }

    @Test(arguments: [
        Wire(method: .get, body: "", seen: ""),
        Wire(method: .get, body: "abc", seen: "Content-Length: 3\r\n"),
        Wire(method: .post, body: "", seen: "Content-Length: 0\r\n"),
        Wire(method: .post, body: "abc", seen: "Content-Length: 3\r\n"),
        Wire(method: .put, body: "", seen: "Content-Length: 0\r\n"),
        Wire(method: .put, body: "abc", seen: "Content-Length: 3\r\n"),
        Wire(method: .patch, body: "abc", seen: "Content-Length: 3\r\n"),
        Wire(method: .delete, body: "", seen: ""),
        Wire(method: .delete, body: "abc", seen: "Content-Length: 3\r\n"),
        Wire(method: .options, body: "", seen: ""),
        Wire(method: .post, body: "{}", fields: [.contentType: "a/b"], seen: "Content-Type: a/b\r\nContent-Length: 2\r\n"),
        Wire(method: .get, body: "", fields: [.accept: "c/d", .userAgent: "e"], seen: "Accept: c/d\r\nUser-Agent: e\r\n"),
        Wire(method: .post, body: "abc", fields: [.contentLength: "3"], seen: "Content-Length: 3\r\n"),
    ])
    func `a request goes out as it is, with nothing added`(wire: Wire) async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let request = server.request("/echo", method: wire.method, fields: wire.fields, body: Array(wire.body.utf8))
            let response = try await transport.send(request)
            #expect(
                response.text
                    == "\(wire.method) /echo HTTP/1.1\r\nHost: 127.0.0.1:\(server.port("http"))\r\n\(wire.seen)\r\n\(wire.body)")
            #expect(response.head.status == .ok)
        }
    }

    @Test func `the path goes out byte for byte`() async throws {
        try await withServer { server in
            let path = "/a//b/../c/./%7Eu%2Fx/;p=1:2@[3]?x=1&&y=+%20?z;~!$'()*,\"<>\\^`{|}"
            let text = try await CurlHTTPTransport().send(server.request(path)).text
            #expect(text.hasPrefix("GET \(path) HTTP/1.1\r\n"))
        }
    }

    @Test func `header fields go out in order, the empty and the repeated ones too`() async throws {
        try await withServer { server in
            var fields = HTTPFields()
            fields.append(HTTPField(name: try name("X-Empty"), value: ""))
            fields.append(HTTPField(name: try name("x-amz-date"), value: "20260101T000000Z"))
            fields.append(HTTPField(name: try name("X-Twice"), value: "1"))
            fields.append(HTTPField(name: try name("X-Twice"), value: "2"))
            let text = try await CurlHTTPTransport().send(server.request("/echo", fields: fields)).text
            #expect(text.contains("\r\nX-Empty:\r\nx-amz-date: 20260101T000000Z\r\nX-Twice: 1\r\nX-Twice: 2\r\n\r\n"))
        }
    }

    @Test func `a large body goes out and comes back`() async throws {
        try await withServer { server in
            let response = try await CurlHTTPTransport().send(server.request("/echo", method: .post, body: pattern(5_000_000)))
            #expect(Array(response.body.suffix(5_000_000)) == pattern(5_000_000))
        }
    }

    @Test func `header fields of the response keep their order, their bytes and their repetition`() async throws {
        try await withServer { server in
            let fields = try await CurlHTTPTransport().send(server.request("/fields")).head.headerFields
            #expect(fields[values: try name("X-Twice")] == ["a", "b"])
            #expect(fields[try name("X-Empty")]?.isEmpty == true)
            #expect(fields[try name("X-Space")] == "padded")
            let bytes = try #require(fields[fields: name("X-Bytes")].first)
            #expect(unsafe bytes.withUnsafeBytesOfValue { unsafe [UInt8]($0) } == [0x63, 0x61, 0x66, 0xE9])
        }
    }

    @Test func `interim responses are dropped`() async throws {
        try await withServer { server in
            let response = try await CurlHTTPTransport().send(server.request("/continue", method: .post, body: [1]))
            #expect(response.head.status == .ok)
            #expect(response.text == "done")
            #expect(response.head.headerFields[try name("Link")] == nil)
        }
    }

    @Test func `a redirect is an answer like any other`() async throws {
        try await withServer { server in
            let response = try await CurlHTTPTransport().send(server.request("/redirect"))
            #expect(response.head.status == .found)
            #expect(response.head.headerFields[.location] == "/echo")
        }
    }

    @Test(arguments: [200, 403, 429, 500, 503])
    func `a status is no error, and a page of HTML is a body`(status: Int) async throws {
        try await withServer { server in
            let response = try await CurlHTTPTransport().send(server.request("/status/\(status)"))
            #expect(response.head.status.code == status)
            #expect(response.text == "<html>broken</html>")
        }
    }

    @Test(arguments: [204, 304])
    func `a response that can have no body has none`(status: Int) async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let response = try await transport.send(server.request("/status/\(status)"))
            #expect(response.head.status.code == status)
            #expect(response.body.isEmpty)
            #expect(try await transport.send(server.request("/echo")).connection == response.connection)
        }
    }

    @Test func `HEAD brings the fields, and leaves the connection usable`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let response = try await transport.send(server.request("/bytes/1000", method: .head, maximumResponseBodyBytes: 10))
            #expect(response.head.headerFields[.contentLength] == "1000")
            #expect(response.body.isEmpty)
            #expect(try await transport.send(server.request("/echo")).connection == response.connection)
        }
    }

    @Test func `a body comes as it was sent, compressed or not`() async throws {
        try await withServer { server in
            let response = try await CurlHTTPTransport().send(server.request("/gzip"))
            #expect(response.body.starts(with: [0x1F, 0x8B]))
            #expect(response.head.headerFields[.contentEncoding] == "gzip")
        }
    }

    @Test func `a chunked body is put together, and its trailers are dropped`() async throws {
        try await withServer { server in
            let response = try await CurlHTTPTransport().send(server.request("/trailers"))
            #expect(response.text == "hello")
            #expect(response.head.headerFields[try name("X-Head")] == "1")
            #expect(response.head.headerFields[try name("X-Trailer")] == nil)
        }
    }
}
