// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import TestSupport
import Testing
import Transport

/// A server that misbehaves, on every way that reaches it, for whole bodies and for those that stream.
@Suite(.timeLimit(.minutes(2)))
struct HTTPMisbehaviourTests {
    /// What a path of the server does to a request, and what is to be said of it.
    struct Misdeed: Sendable, CustomTestStringConvertible {
        var path: String
        var code: TransportError.Code
        var testDescription: String { self.path }

        static let http1: [Misdeed] = [
            Misdeed(path: "/cut", code: .connectionClosed), Misdeed(path: "/reset", code: .connectionClosed),
            Misdeed(path: "/empty", code: .connectionClosed), Misdeed(path: "/garbage", code: .malformedResponse),
            Misdeed(path: "/length/abc", code: .malformedResponse), Misdeed(path: "/badchunk", code: .malformedResponse),
            Misdeed(path: "/nocolon", code: .malformedResponse), Misdeed(path: "/heads", code: .responseTooLarge),
            Misdeed(path: "/line", code: .responseTooLarge), Misdeed(path: "/interim", code: .responseTooLarge),
            Misdeed(path: "/pieces/3?cut", code: .connectionClosed),
        ]
        static let http2: [Misdeed] = [
            Misdeed(path: "/cut", code: .connectionClosed), Misdeed(path: "/short", code: .connectionClosed),
            Misdeed(path: "/refuse", code: .connectionClosed), Misdeed(path: "/heads", code: .responseTooLarge),
        ]
    }

    private static func expect(_ misdeed: Misdeed, on way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = CurlHTTPTransport(configuration: .init(maximumResponseHeadBytes: 16 * 1_024, version: way.version))
            let whole = await transport.failure(of: way.request(misdeed.path, of: server))
            #expect(whole?.code == misdeed.code, "\(whole?.message ?? "")")
            let streamed = await transport.streamFailure(of: way.request(misdeed.path, of: server))
            #expect(code(streamed) == misdeed.code)
            // The transport is none the worse for it.
            let response = try await transport.send(way.request("/echo", of: server))
            #expect(response.head.status == .ok)
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
        }
    }

    @Test(arguments: HTTPWay.http1, Misdeed.http1)
    func `an answer that is none is told as what it is, whole or streamed`(way: HTTPWay, misdeed: Misdeed) async throws {
        try await Self.expect(misdeed, on: way)
    }

    @Test(arguments: [HTTPWay.http2], Misdeed.http2)
    func `an answer over HTTP/2 that is none is told as what it is, whole or streamed`(way: HTTPWay, misdeed: Misdeed) async throws {
        try await Self.expect(misdeed, on: way)
    }

    @Test(arguments: [HTTPWay.http2])
    func `a peer that falls out of HTTP/2 fails the request and no later one`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            #expect(await transport.failure(of: way.request("/garbage", of: server)) != nil)
            let response = try await transport.send(way.request("/echo", of: server))
            #expect(response.head.status == .ok)
        }
    }

    @Test(arguments: HTTPWay.http1)
    func `an answer that comes byte by byte is an answer`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            #expect(try await transport.send(way.request("/slow", of: server)).text == "slow")
            let streamed = try await transport.withResponse(to: way.request("/slow", of: server)) { try await $0.body.bytes(upTo: 10) }
            #expect(streamed == Array("slow".utf8))
        }
    }

    @Test(arguments: HTTPWay.all)
    func `an answer before the request's body is complete is the answer`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let path = way.isHTTP2 ? "/early" : "/early/413-Content-Too-Large"
            let transport = way.transport
            if !way.isHTTP2 {
                let whole = try await transport.send(way.request(path, of: server, method: .post, body: pattern(20_000_000)))
                #expect(whole.head.status.code == 413)
                #expect(whole.text == "enough")
            }
            let stream = HTTPRequestStream { writer in
                while true { try await writer.write(pattern(50_000)) }
            }
            let streamed = try await transport.withResponse(to: way.request(path, of: server, method: .post), streaming: stream) {
                response in
                let body = try await response.body.bytes(upTo: 100)
                return (response.head.status.code, body)
            }
            #expect(streamed.0 == 413)
            #expect(streamed.1 == Array("enough".utf8))
            #expect(try await transport.send(way.request("/echo", of: server)).head.status == .ok)
        }
    }

    @Test(arguments: HTTPWay.http1)
    func `an answer before the body, with the connection closed after it, is the answer`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let request = way.request("/early-close", of: server, method: .post)
            let stream = HTTPRequestStream { writer in
                try await writer.write([1])
                try await Task.sleep(for: .seconds(3_600))
            }
            let status = try await way.transport.withResponse(to: request, streaming: stream) { response in
                let body = try await response.body.bytes(upTo: 100)
                #expect(body == Array("enough".utf8))
                return response.head.status.code
            }
            #expect(status == 413)
        }
    }

    @Test(arguments: HTTPWay.http1)
    func `a connection that is reset while the body goes out is told as closed`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            let stream = HTTPRequestStream { writer in
                while true { try await writer.write(pattern(50_000)) }
            }
            let error = await transport.streamFailure(of: way.request("/abort/1000", of: server, method: .post), streaming: stream)
            #expect(code(error) == .connectionClosed)
            let request = way.request("/abort/1000", of: server, method: .post, body: pattern(20_000_000))
            #expect(await transport.failure(of: request)?.code == .connectionClosed)
        }
    }

    @Test(arguments: HTTPWay.http1, [204, 304])
    func `a body where there can be none is dropped, and spoils no later answer`(way: HTTPWay, status: Int) async throws {
        try await way.withServer { server in
            let transport = way.transport
            for _ in 0..<3 {
                let response = try await transport.send(way.request("/nobody/\(status)", of: server))
                #expect(response.head.status.code == status)
                #expect(response.body.isEmpty)
                #expect(try await transport.send(way.request("/bytes/3", of: server)).body == [0, 1, 2])
            }
        }
    }

    @Test(arguments: HTTPWay.http1, [301, 302, 303, 307, 308])
    func `no redirect is followed`(way: HTTPWay, status: Int) async throws {
        try await way.withServer { server in
            let response = try await way.transport.send(way.request("/redirect/\(status)", of: server, method: .post, body: [1]))
            #expect(response.head.status.code == status)
            #expect(response.head.headerFields[.location] == "/echo")
        }
    }

    @Test(arguments: HTTPWay.all)
    func `interim responses are dropped on every way`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let request = way.request(way.isHTTP2 ? "/interim" : "/continue", of: server)
            for _ in 0..<2 {
                #expect(try await way.transport.send(request).text == "done")
                let streamed = try await way.transport.withResponse(to: request) { response in
                    #expect(response.head.headerFields[try name("Link")] == nil)
                    return try await response.body.bytes(upTo: 10)
                }
                #expect(streamed == Array("done".utf8))
            }
        }
    }

    @Test(arguments: HTTPWay.http1)
    func `connections that the server closes between requests are replaced`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            for number in 1...3 {
                let response = try await transport.send(way.request("/close", of: server))
                #expect(response.connection == number)
            }
            _ = try await transport.send(way.request("/echo", of: server))
            let response = try await transport.send(way.request("/drop", of: server, method: .post, body: [1]))
            #expect(response.head.status == .ok)
        }
    }
}
