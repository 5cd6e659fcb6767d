// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

/// What the run of many faults goes through, one after the other.
enum Ordeal: String, CaseIterable, Sendable {
    /// The links break off.
    case reset
    /// The links end in order.
    case close
    /// The links end in the middle of a frame.
    case cutToBroker, cutToClient
    /// The links are half-open: nothing is answered, or nothing arrives, or neither.
    case silence
    /// The links take nothing any more.
    case stall
    /// The links break off, and new ones are refused for a while.
    case refusal
    /// The links break off, and so do the next ones while the connection is made anew.
    case relapse
    /// The links are slow for a while.
    case slowness
    /// The broker closes all connections.
    case forcedClose
    /// The broker takes no messages for a while.
    case memoryAlarm
    /// The broker's process is killed, and started again.
    case kill

    /// Lets it happen, and returns when it is over but for what the client makes of it.
    func happen(to proxy: FaultProxy, _ generator: inout SeededGenerator) async throws {
        switch self {
        case .reset: proxy.strike(.reset)
        case .close: proxy.strike(.close)
        case .cutToBroker: proxy.strike(.close, at: self.point(.toBroker, &generator))
        case .cutToClient: proxy.strike(.reset, at: self.point(.toClient, &generator))
        case .silence: proxy.strike(.silence([[.toBroker], [.toClient], [.toBroker, .toClient]].randomElement(using: &generator) ?? []))
        case .stall: proxy.strike(.stall([.toBroker, .toClient]))
        case .refusal:
            proxy.refuse()
            proxy.strike(.reset)
            try await Task.sleep(for: .milliseconds(Int.random(in: 200...1_000, using: &generator)))
            try proxy.heal()
        case .relapse:
            for _ in 0..<4 {
                let frames = Int.random(in: 0..<8, using: &generator)
                proxy.ambush(.reset, at: FramePoint(direction: .toClient, frames: frames, bytes: 3))
            }
            proxy.strike(.close)
        case .slowness:
            proxy.impose(LinkConditions(latency: .milliseconds(10), jitter: .milliseconds(30), bytesPerSecond: 1_000_000))
            try await Task.sleep(for: .seconds(1))
            proxy.impose(LinkConditions())
        case .forcedClose: try await Broker.control("close_all_connections", "a test of faults")
        case .memoryAlarm: try await Broker.underMemoryAlarm { try await Task.sleep(for: .seconds(1)) }
        case .kill:
            try await Broker.kill()
            try await Broker.start()
        }
    }

    private func point(_ direction: Direction, _ generator: inout SeededGenerator) -> FramePoint {
        FramePoint(
            direction: direction, frames: Int.random(in: 0..<30, using: &generator), bytes: Int.random(in: 1...60, using: &generator))
    }
}
