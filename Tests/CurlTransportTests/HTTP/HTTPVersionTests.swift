// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPVersionTests {
    @Test(arguments: [HTTPWay.http2])
    func `requests share one connection over HTTP/2`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            for round in ["50", "0050"] {
                // The server answers none before all have arrived.
                try await withThrowingTaskGroup(of: HTTPTransportResponse.self) { group in
                    for _ in 0..<50 { group.addTask { try await transport.send(way.request("/barrier/\(round)", of: server)) } }
                    for try await response in group {
                        #expect(response.text == round)
                        #expect(response.connection == 1)
                    }
                }
            }
            #expect(try await transport.send(way.request("/count", of: server)).text == "1")
        }
    }

    @Test(arguments: [HTTPWay.http2])
    func `a request goes out over HTTP/2 as it is`(way: HTTPWay) async throws {
        try await way.withServer { server in
            var request = way.request("/echo", of: server, method: .post, body: Array("body".utf8))
            request.head.headerFields = [try name("X-Amz-Date"): "20260101T000000Z", .contentType: "a/b"]
            let text = try await way.transport.send(request).text
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.last == "body")
            #expect(
                Set(lines.dropLast(2)) == [
                    ":method: POST", ":path: /echo", ":scheme: \(way.isSecured ? "https" : "http")",
                    ":authority: 127.0.0.1:\(server.port(way.listener))", "x-amz-date: 20260101T000000Z", "content-type: a/b",
                    "content-length: 4",
                ])
        }
    }

    @Test func `a server that does not agree to HTTP/2 is spoken to in HTTP/1.1`() async throws {
        try await withServer(tls: true) { server in
            let transport = HTTPWay.http2.transport
            let request = server.request("/echo", to: "https", tls: server.tls())
            for request in [request, server.request("/echo")] {
                let text = try await transport.send(request).text
                #expect(text.hasPrefix("GET /echo HTTP/1.1\r\n"))
            }
        }
    }

    @Test func `HTTP/2 is spoken only where the configuration says so`() async throws {
        try await withServer(http2: true) { server in
            // The server's answers to HTTP/1.1 are no HTTP/1.1.
            let error = await CurlHTTPTransport().failure(of: server.request("/echo", to: "https2", tls: server.tls()))
            #expect(error != nil)
        }
    }

    @Test(arguments: [HTTPWay.http2])
    func `a stream that is cancelled leaves the connection to the others`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            _ = try await transport.send(way.request("/echo", of: server))
            for _ in 0..<5 {
                try await withThrowingTaskGroup(of: TransportError?.self) { group in
                    group.addTask { await transport.failure(of: way.request("/never", of: server)) }
                    try await server.expectResult("asked")
                    group.cancelAll()
                    let error = try await group.next() ?? nil
                    #expect(error?.code == .cancelled)
                }
            }
            let response = try await transport.send(way.request("/count", of: server))
            #expect(response.text == "1")
        }
    }
}
