// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite(.timeLimit(.minutes(1)))
struct HTTPConnectionTests {
    @Test func `requests one after the other share a connection`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            for index in 0..<20 {
                let method: HTTPRequest.Method = index.isMultiple(of: 2) ? .post : .get
                let response = try await transport.send(server.request("/echo", method: method, body: [1, 2]))
                #expect(response.connection == 1)
            }
            #expect(try await transport.send(server.request("/count")).text == "1")
        }
    }

    @Test func `a hundred requests are under way at a time, and their connections serve the next hundred`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            for round in ["100", "00100"] {
                // The server answers none before all have arrived.
                try await withThrowingTaskGroup { group in
                    for _ in 0..<100 { group.addTask { try await transport.send(server.request("/barrier/\(round)")).text } }
                    for try await text in group { #expect(text == round) }
                }
            }
            #expect(try await transport.send(server.request("/count")).text == "100")
        }
    }

    @Test func `no more connections are open than the configuration allows`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport(configuration: .init(maximumConnections: 3))
            try await withThrowingTaskGroup { group in
                for _ in 0..<60 { group.addTask { try await transport.send(server.request("/bytes/100000")).body.count } }
                for try await count in group { #expect(count == 100_000) }
            }
            #expect(try await transport.send(server.request("/count")).text == "3")
        }
    }

    @Test func `a connection that the server closes is replaced`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            for number in 1...2 {
                let response = try await transport.send(server.request("/close"))
                #expect(response.text == "bye")
                #expect(response.connection == number)
            }
        }
    }

    @Test func `a request that meets a kept connection just as the server drops it is sent once more`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            _ = try await transport.send(server.request("/echo"))
            let response = try await transport.send(server.request("/drop", method: .post, body: [1]))
            #expect(response.connection == 2)
        }
    }

    @Test func `a body longer than announced does not spill into the next answer`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let response = try await transport.send(server.request("/length/5"))
            #expect(response.text == "01234")
            #expect(try await transport.send(server.request("/count")).text == "2")
        }
    }

    @Test func `a request that is cancelled takes its own connection along and no other`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            try await withThrowingTaskGroup { group in
                group.addTask { try await transport.send(server.request("/barrier/2")).text }
                try await withThrowingTaskGroup(of: TransportError?.self) { cancelled in
                    cancelled.addTask { await transport.failure(of: server.request("/never", method: .post, body: [1])) }
                    try await server.expectResult("asked")
                    cancelled.cancelAll()
                    let error = try await cancelled.next() ?? nil
                    #expect(error?.code == .cancelled)
                }
                try await server.expectResult("gone")
                group.addTask { try await transport.send(server.request("/barrier/2")).text }
                for try await text in group { #expect(text == "2") }
            }
        }
    }

    @Test func `a request that waits for a connection can be cancelled, and times out`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport(configuration: .init(maximumConnections: 1))
            try await withThrowingTaskGroup(of: TransportError?.self) { group in
                group.addTask { await transport.failure(of: server.request("/never")) }
                try await server.expectResult("asked")
                #expect(await transport.failure(of: server.request("/echo", timeout: .milliseconds(100)))?.code == .timedOut)
                try await withThrowingTaskGroup(of: TransportError?.self) { waiting in
                    waiting.addTask { await transport.failure(of: server.request("/echo")) }
                    waiting.cancelAll()
                    let error = try await waiting.next() ?? nil
                    #expect(error?.code == .cancelled)
                }
                group.cancelAll()
                let error = try await group.next() ?? nil
                #expect(error?.code == .cancelled)
            }
            #expect(try await transport.send(server.request("/echo")).head.status == .ok)
        }
    }

    @Test func `a task that was cancelled before sends nothing`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let error = await withTaskGroup(of: TransportError?.self) { group in
                group.cancelAll()
                group.addTask { await transport.failure(of: server.request("/echo")) }
                return await group.next() ?? nil
            }
            #expect(error?.code == .cancelled)
            let count = try await transport.send(server.request("/count")).text
            #expect(count == "1")
        }
    }

    @Test func `shutting down fails what is under way and what comes after`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            try await withThrowingTaskGroup(of: TransportError?.self) { group in
                group.addTask { await transport.failure(of: server.request("/never")) }
                try await server.expectResult("asked")
                transport.shutdown()
                let error = try await group.next() ?? nil
                #expect(error?.code == .shutDown)
            }
            try await server.expectResult("gone")
            #expect(await transport.failure(of: server.request("/echo"))?.code == .shutDown)
        }
    }

    @Test func `a transport that goes away closes its connections`() async throws {
        try await withServer { server in
            do {
                let transport = CurlHTTPTransport()
                _ = try await transport.send(server.request("/watch"))
            }
            try await server.expectResult("left")
        }
    }

    @Test func `the shared transport serves whoever asks`() async throws {
        try await withServer { server in
            let transport: some HTTPTransport = .curl
            let response = try await transport.send(server.request("/echo"))
            #expect(response.head.status == .ok)
        }
    }
}
