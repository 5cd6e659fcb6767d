// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct FaultProxyTests {
    /// The two ends of a link.
    private struct Link: ~Copyable {
        let client: ProxySocket
        let broker: ProxySocket

        /// Sends from one end.
        func send(_ bytes: [UInt8], _ direction: Direction) {
            let outcome = direction == .toBroker ? self.client.send(bytes[...]) : self.broker.send(bytes[...])
            #expect(outcome == .bytes(bytes.count))
        }

        /// Receives at one end until there are so many bytes, or the stream ends.
        func receive(_ count: Int, _ direction: Direction) async throws -> (bytes: [UInt8], outcome: ProxySocket.Outcome) {
            var received: [UInt8] = []
            var outcome = ProxySocket.Outcome.wouldBlock
            try await eventually("\(count) bytes come \(direction)") {
                var buffer = [UInt8](repeating: 0, count: 65_536)
                outcome = self.receiveNow(direction, into: &buffer)
                if case .bytes(let count) = outcome { received += buffer[..<count] }
                return received.count >= count || outcome == .ended || outcome == .failed
            }
            return (received, outcome)
        }

        private func receiveNow(_ direction: Direction, into buffer: inout [UInt8]) -> ProxySocket.Outcome {
            direction == .toBroker ? self.broker.receive(into: &buffer) : self.client.receive(into: &buffer)
        }

        /// What there is to receive at one end now.
        func receiveNow(_ direction: Direction) -> ProxySocket.Outcome {
            var buffer: [UInt8] = [0]
            return self.receiveNow(direction, into: &buffer)
        }

        /// How the stream ends at one end.
        func end(_ direction: Direction) async throws -> ProxySocket.Outcome { try await self.receive(.max, direction).outcome }
    }

    /// Runs with a proxy and a listener behind it.
    private func withProxy(_ body: (FaultProxy, borrowing ProxySocket) async throws -> Void) async throws {
        let listener = try ProxySocket.bound(to: 0)
        try listener.startListening()
        try await FaultProxy.with(to: try listener.port) { proxy in try await body(proxy, listener) }
    }

    private func link(_ proxy: FaultProxy, _ listener: borrowing ProxySocket) async throws -> Link {
        let client = try ProxySocket.connected(to: proxy.port)
        while true {
            if let broker = try listener.acceptNext() { return Link(client: client, broker: broker) }
            try await Task.sleep(for: .milliseconds(1))
        }
    }

    private static let frame: [UInt8] = [1, 0, 1, 0, 0, 0, 4, 10, 20, 30, 40, 0xCE]

    @Test func `bytes go both ways, as they are`() async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            for direction in Direction.allCases {
                var generator = SeededGenerator(seed: 5)
                let bytes = (0..<100_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
                link.send(bytes, direction)
                #expect(try await link.receive(bytes.count, direction).bytes == bytes)
            }
            #expect(proxy.counts == ProxyCounts(accepted: 1, links: 1, bytesToBroker: 100_000, bytesToClient: 100_000))
        }
    }

    @Test func `delayed and throttled bytes arrive`() async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            proxy.impose(LinkConditions(latency: .milliseconds(5), jitter: .milliseconds(20), bytesPerSecond: 50_000))
            let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
            for index in stride(from: 0, to: bytes.count, by: 1_000) { link.send(Array(bytes[index..<index + 1_000]), .toBroker) }
            #expect(try await link.receive(bytes.count, .toBroker).bytes == bytes)
        }
    }

    @Test(arguments: Direction.allCases)
    func `one way may end before the other`(direction: Direction) async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            link.send([1], direction)
            if direction == .toBroker { link.client.endOutput() } else { link.broker.endOutput() }
            let received = try await link.receive(.max, direction)
            #expect(received == ([1], .ended))
            link.send([2], direction.opposite)
            #expect(try await link.receive(1, direction.opposite).bytes == [2])
        }
    }

    @Test(arguments: [(Fault.reset, ProxySocket.Outcome.failed), (.close, .ended)])
    func `both ends learn that the link is gone`(fault: Fault, outcome: ProxySocket.Outcome) async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            proxy.strike(fault)
            #expect(try await link.end(.toClient) == outcome)
            #expect(try await link.end(.toBroker) == outcome)
            #expect(proxy.counts.strikes == 1)
        }
    }

    @Test(arguments: Direction.allCases, [0, 5, 9])
    func `a link is cut in the middle of a frame`(direction: Direction, bytes: Int) async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            proxy.strike(.close, at: FramePoint(direction: direction, frames: 1, bytes: bytes))
            link.send(Self.frame + Self.frame + Self.frame, direction)
            let received = try await link.receive(.max, direction)
            #expect(received == (Self.frame + Self.frame.prefix(bytes), .ended))
            #expect(try await link.end(direction.opposite) == .ended)
        }
    }

    @Test(arguments: Direction.allCases)
    func `a silent way swallows bytes and ends, and the other goes on`(direction: Direction) async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            proxy.strike(.silence([direction]))
            link.send([1], direction)
            link.send([2], direction.opposite)
            #expect(try await link.receive(1, direction.opposite).bytes == [2])
            if direction == .toBroker { link.client.endOutput() } else { link.broker.endOutput() }
            link.send([3], direction.opposite)
            #expect(try await link.receive(1, direction.opposite).bytes == [3])
            #expect(link.receiveNow(direction) == .wouldBlock)
            try proxy.heal()
            #expect(try await link.end(direction) == .failed, "a stream that has lost bytes cannot go on")
        }
    }

    @Test func `what is stalled goes on where it was`() async throws {
        try await self.withProxy { proxy, listener in
            let link = try await self.link(proxy, listener)
            proxy.strike(.stall([.toBroker]))
            link.send([1, 2], .toBroker)
            link.send([3], .toClient)
            #expect(try await link.receive(1, .toClient).bytes == [3])
            #expect(link.receiveNow(.toBroker) == .wouldBlock)
            try proxy.heal()
            #expect(try await link.receive(2, .toBroker).bytes == [1, 2])
        }
    }

    @Test func `it refuses for a while, and listens again on the same port`() async throws {
        try await self.withProxy { proxy, listener in
            let first = try await self.link(proxy, listener)
            proxy.refuse()
            #expect(throws: ProxySocket.Failure.self) {
                // One that came before the thread saw it is reset.
                var buffer: [UInt8] = [0]
                let socket = try ProxySocket.connected(to: proxy.port)
                while true { if socket.receive(into: &buffer) == .failed { throw ProxySocket.Failure(call: "recv", number: 0) } }
            }
            first.send([1], .toBroker)
            #expect(try await first.receive(1, .toBroker).bytes == [1], "links that are there stay")
            try proxy.heal()
            let second = try await self.link(proxy, listener)
            second.send([2], .toBroker)
            #expect(try await second.receive(1, .toBroker).bytes == [2])
        }
    }

    @Test func `with nobody behind it, a connection is reset`() async throws {
        let reservation = try ProxySocket.bound(to: 0)
        try await FaultProxy.with(to: try reservation.port) { proxy in
            let client = try ProxySocket.connected(to: proxy.port)
            var buffer: [UInt8] = [0]
            try await eventually("it is reset") { client.receive(into: &buffer) == .failed }
            #expect(proxy.counts.brokerless == 1)
        }
    }

    @Test func `an ambush strikes as many of the next links as it says`() async throws {
        try await self.withProxy { proxy, listener in
            proxy.ambush(.close, at: FramePoint(direction: .toBroker, bytes: 3), links: 2)
            for _ in 0..<2 {
                let link = try await self.link(proxy, listener)
                link.send(Self.frame, .toBroker)
                let received = try await link.receive(.max, .toBroker)
                #expect(received == (Array(Self.frame.prefix(3)), .ended))
            }
            let link = try await self.link(proxy, listener)
            link.send(Self.frame, .toBroker)
            #expect(try await link.receive(Self.frame.count, .toBroker).bytes == Self.frame)
            #expect(proxy.counts.strikes == 2)
        }
    }
}
