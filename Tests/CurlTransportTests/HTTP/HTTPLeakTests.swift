// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import TestSupport
import Testing
import Transport

/// Nothing of a call that ended, however it did, stays behind.
///
/// The suite runs one test after the other, since it counts what the process holds.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct HTTPLeakTests {
    /// Sends many requests, so many at a time.
    private static func run(_ count: Int, atATime: Int = 50, _ body: @escaping @Sendable (Int) async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            for index in 0..<count {
                if index >= atATime { await group.next() }
                group.addTask { await body(index) }
            }
        }
    }

    @Test func `ten thousand cancelled calls leave nothing behind`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let request = server.request("/echo", method: .post, body: [1])
            let cancelled: @Sendable (Int) async -> Void = { index in
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        if index.isMultiple(of: 2) {
                            _ = await transport.failure(of: request)
                        } else {
                            _ = await transport.streamFailure(of: request)
                        }
                    }
                    for _ in 0..<(index % 7) { await Task.yield() }
                    group.cancelAll()
                }
            }
            await Self.run(500, cancelled)
            let before = try ProcessCensus.now()
            let memory = try ProcessCensus.resetPeakMemory()
            await Self.run(10_000, cancelled)
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
            // Tests of other suites run beside this one and open a few of their own; one left behind by each call would be thousands.
            #expect(try ProcessCensus.now().descriptors < before.descriptors + 1_000)
            #expect(try ProcessCensus.now().threads < before.threads + 1_000)
            #expect(try ProcessCensus.peakMemoryKiB() < memory + 200_000)
            #expect(try await transport.send(request).head.status == .ok)
        }
    }

    @Test func `calls that time out leave nothing behind`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let before = try ProcessCensus.now()
            await Self.run(1_000) { index in
                let request = server.request("/stall", timeout: .milliseconds(20))
                let error: TransportError.Code? =
                    index.isMultiple(of: 2)
                    ? await transport.failure(of: request)?.code : code(await transport.streamFailure(of: request))
                #expect(error == .timedOut || error == .connectTimedOut)
            }
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
            await transport.shutdown(finishingWithin: .zero)
            #expect(try ProcessCensus.now().descriptors < before.descriptors + 500)
        }
    }

    @Test func `memory does not grow over many calls`() async throws {
        try await withServer { server in
            let transport = CurlHTTPTransport()
            let request = server.request("/echo", method: .post, body: pattern(300))
            let call: @Sendable (Int) async -> Void = { index in
                if index.isMultiple(of: 10) {
                    _ = await transport.streamFailure(of: request)
                } else {
                    _ = await transport.failure(of: request)
                }
            }
            await Self.run(2_000, atATime: 8, call)
            let memory = try ProcessCensus.resetPeakMemory()
            await Self.run(20_000, atATime: 8, call)
            // A hundred bytes kept of each call would be 2 MB; what other suites do beside this one is not known so exactly.
            #expect(try ProcessCensus.peakMemoryKiB() < memory + 200_000)
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
            #expect(try await transport.send(server.request("/count")).text.count <= 3)
        }
    }
}
