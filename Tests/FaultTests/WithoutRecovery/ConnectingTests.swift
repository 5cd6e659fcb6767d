// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// A link that fails while the client connects: the attempt ends, in time, and says how.
@Suite(.timeLimit(.minutes(2))) struct ConnectingTests {
    /// Each frame of the handshake, and the protocol header before: no more of it goes through than its first byte, or five.
    static let points = [1, 5].flatMap { bytes in
        (0..<4).map { FramePoint(direction: .toBroker, frames: $0, bytes: bytes) }
            + (0..<3).map { FramePoint(direction: .toClient, frames: $0, bytes: bytes) }
    }

    private func error(_ proxy: FaultProxy) async throws -> AMQPError? {
        var configuration = try Broker.configuration(port: proxy.port, heartbeat: .seconds(30))
        configuration.handshakeTimeout = .seconds(1)
        return try await AMQPError.catching { try await Broker.withConnection(configuration) { _ in } }
    }

    @Test(arguments: ConnectingTests.points, [Fault.reset, .close])
    func `a link that ends in the handshake is a lost connection`(point: FramePoint, fault: Fault) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            proxy.ambush(fault, at: point)
            let error = try #require(try await self.error(proxy))
            #expect(error.code == .connectionLost)
            #expect(error.isRetryable)
            #expect(proxy.counts.strikes == 1)
        }
    }

    @Test(
        arguments: ConnectingTests.points.filter { $0.bytes == 5 },
        [Fault.silence([.toBroker, .toClient]), .stall([.toBroker, .toClient])])
    func `a peer that falls silent in the handshake is given up in time`(point: FramePoint, fault: Fault) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            proxy.ambush(fault, at: point)
            let error = try #require(try await self.error(proxy))
            #expect(error.code == .timedOut)
            #expect(error.isRetryable)
            #expect(proxy.counts.strikes == 1)
        }
    }

    @Test(arguments: [Fault.reset, .close])
    func `a link that ends before the first byte is an error that may pass`(fault: Fault) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            proxy.ambush(fault)
            let error = try #require(try await self.error(proxy))
            #expect(error.code == .connectionLost || error.code == .connectFailed)
            #expect(error.isRetryable)
        }
    }

    @Test func `a port that refuses for a while is an error that may pass, and passes`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            proxy.refuse()
            let error = try #require(try await self.error(proxy))
            #expect(error.code == .connectFailed || error.code == .connectionLost)
            #expect(error.isRetryable)
            #expect(try await self.error(proxy)?.transportError?.code == .connectionRefused)
            try proxy.heal()
            #expect(try await self.error(proxy) == nil)
        }
    }
}
