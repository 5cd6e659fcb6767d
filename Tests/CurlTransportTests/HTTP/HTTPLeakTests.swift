// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Foundation
import HTTPTypes
import TestSupport
import Testing
import Transport

/// Nothing of a call that ended, however it did, stays behind.
///
/// Each test is a process of its own, whose descriptors, threads and memory are those of its calls alone. A kilobyte kept of each call would
/// be twice the growth that is allowed.
@Suite(.serialized, .timeLimit(.minutes(5)))
struct HTTPLeakTests {
    @Test func `ten thousand cancelled calls leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            try await leavesNothing(after: 10_000, atATime: 50) { transport, server, index in
                let request = server.request("/echo", method: .post, body: [1])
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        if index.isMultiple(of: 2) {
                            _ = await transport.failure(of: request)
                        } else {
                            _ = await transport.streamFailure(of: request)
                        }
                    }
                    // Before it was sent, on its way, and when it is over.
                    if index.isMultiple(of: 3) {
                        try? await Task.sleep(for: .microseconds(index % 1_000))
                    } else {
                        for _ in 0..<(index % 7) { await Task.yield() }
                    }
                    group.cancelAll()
                }
            }
        }
    }

    @Test func `calls that time out leave nothing behind`() async {
        await #expect(processExitsWith: .success) {
            try await leavesNothing(after: 8_000, atATime: 50) { transport, server, index in
                let request = server.request("/stall", timeout: .milliseconds(20))
                let error =
                    index.isMultiple(of: 2)
                    ? await transport.failure(of: request)?.code : code(await transport.streamFailure(of: request))
                #expect(error == .timedOut || error == .connectTimedOut)
            }
        }
    }

    @Test func `memory does not grow over many calls`() async {
        await #expect(processExitsWith: .success) {
            try await leavesNothing(after: 10_000, atATime: 8) { transport, server, index in
                let request = server.request("/echo", method: .post, body: pattern(300))
                let error =
                    index.isMultiple(of: 10)
                    ? code(await transport.streamFailure(of: request)) : await transport.failure(of: request)?.code
                #expect(error == nil)
            }
        }
    }
}

/// How many threads, and descriptors of timers, Swift's and Dispatch's pools may begin late; none is of a call, of which there are thousands.
private let ofPools = 8

/// Makes some calls, then many, and compares what the process holds after the one and the other.
private func leavesNothing(
    after count: Int, atATime: Int, _ call: @escaping @Sendable (CurlHTTPTransport, TestServer, Int) async -> Void
) async throws {
    try await withServer { server in
        let round: (Int) async throws -> Void = { count in
            // Has its end with the round: connections that are kept are not the same number each time.
            let transport = CurlHTTPTransport()
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<count {
                    if index >= atATime { await group.next() }
                    group.addTask { await call(transport, server, index) }
                }
            }
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
            await transport.shutdown(finishingWithin: .zero)
        }
        try await round(count / 5)
        let before = try ProcessCensus.now()
        let memory = try ProcessCensus.memoryKiB()
        try await round(count)
        // What ends does so a moment after those who waited for it know.
        try? await eventually {
            let now = try ProcessCensus.now()
            return now.descriptors <= before.descriptors + ofPools && now.threads <= before.threads + ofPools
        }
        let after = try ProcessCensus.now()
        #expect(after.descriptors <= before.descriptors + ofPools)
        #expect(after.threads <= before.threads + ofPools)
        let grown = try ProcessCensus.memoryKiB() - memory
        // A sanitizer keeps notes of its own.
        if ProcessInfo.processInfo.environment["LAMASSU_TEST_SANITIZED"] == nil {
            #expect(grown <= 4_096, "\(grown) KiB more after \(count) calls")
        }
    }
}
