// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPShutdownTests {
    @Test(arguments: HTTPWay.all)
    func `an exchange may shut down the transport that carries it, with all the others`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            await withTaskGroup(of: TransportError.Code?.self) { group in
                group.addTask { await transport.failure(of: way.request("/barrier/2", of: server))?.code }
                group.addTask {
                    let stream = HTTPRequestStream { writer in
                        await transport.shutdown(finishingWithin: .zero)
                        try await writer.write([1])
                    }
                    return code(await transport.streamFailure(of: way.request("/echo", of: server, method: .post), streaming: stream))
                }
                for await code in group { #expect(code == .shutDown) }
            }
        }
    }

    @Test(arguments: HTTPWay.all)
    func `what is under way finishes within the patience`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            let other = way.transport
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask { try await transport.send(way.request("/barrier/2", of: server)).text }
                try await eventuallyHasBegun(transport)
                group.addTask {
                    await transport.shutdown(finishingWithin: .seconds(60))
                    return "ended \(transport.liveExchanges)"
                }
                while await transport.failure(of: way.request("/echo", of: server, timeout: .seconds(5)))?.code != .shutDown {}
                #expect(try await other.send(way.request("/barrier/2", of: server)).text == "2")
                var outcomes: Set<String> = []
                for try await text in group { outcomes.insert(text) }
                #expect(outcomes == ["2", "ended 0"])
            }
        }
    }

    @Test func `patience has an end, and so has that of who is cancelled`() async throws {
        for isCancelled in [false, true] {
            try await withServer { server in
                let transport = CurlHTTPTransport()
                try await withThrowingTaskGroup(of: TransportError?.self) { group in
                    group.addTask { await transport.failure(of: server.request("/never")) }
                    try await server.expectResult("asked")
                    await withTaskGroup(of: Void.self) { ending in
                        ending.addTask { await transport.shutdown(finishingWithin: isCancelled ? .seconds(3_600) : .milliseconds(50)) }
                        if isCancelled { ending.cancelAll() }
                    }
                    let error = try await group.next() ?? nil
                    #expect(error?.code == .shutDown)
                }
                try await server.expectResult("gone")
            }
        }
    }

    @Test(arguments: HTTPWay.all)
    func `where libcurl fails, what is under way fails, and the transport goes on`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            try await withThrowingTaskGroup(of: TransportError.Code?.self) { group in
                group.addTask { await transport.failure(of: way.request("/never", of: server))?.code }
                group.addTask { code(await transport.streamFailure(of: way.request("/never", of: server))) }
                for _ in 0..<2 { try await server.expectResult("asked") }
                transport.breakDown(TransportError(.resourceExhausted, message: "as a test wants it"))
                for try await code in group { #expect(code == .resourceExhausted) }
            }
            let response = try await transport.send(way.request("/echo", of: server))
            #expect(response.head.status == .ok)
            #expect(transport.liveExchanges == 0)
        }
    }

    @Test func `a transport that never began ends at once, and begins no more`() async throws {
        let transport = CurlHTTPTransport()
        await transport.shutdown(finishingWithin: .seconds(3_600))
        let request = HTTPTransportRequest(head: HTTPRequest(method: .get, scheme: "http", authority: "127.0.0.1:1", path: "/"))
        #expect(await transport.failure(of: request)?.code == .shutDown)
        #expect(code(await transport.streamFailure(of: request)) == .shutDown)
    }

    private func eventuallyHasBegun(_ transport: CurlHTTPTransport) async throws {
        while transport.liveExchanges == 0 { await Task.yield() }
    }
}
