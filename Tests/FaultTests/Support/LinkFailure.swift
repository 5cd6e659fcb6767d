// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Testing

/// The ways in which a link can fail for good, as rows of a table.
enum LinkFailure: String, CaseIterable, CustomTestStringConvertible, Sendable {
    case reset, close
    case cutToBroker, cutToClient
    case silence, silenceToBroker, silenceToClient
    case stall

    var testDescription: String { self.rawValue }

    /// Lets it happen to the proxy's links.
    func strike(_ proxy: FaultProxy) {
        switch self {
        case .reset: proxy.strike(.reset)
        case .close: proxy.strike(.close)
        // In the middle of whatever frame comes next, be it a heartbeat.
        case .cutToBroker: proxy.strike(.close, at: FramePoint(direction: .toBroker, bytes: 5))
        case .cutToClient: proxy.strike(.close, at: FramePoint(direction: .toClient, bytes: 5))
        case .silence: proxy.strike(.silence([.toBroker, .toClient]))
        case .silenceToBroker: proxy.strike(.silence([.toBroker]))
        case .silenceToClient: proxy.strike(.silence([.toClient]))
        case .stall: proxy.strike(.stall([.toBroker, .toClient]))
        }
    }

    /// Whether nobody tells the client, which has to notice by itself.
    var isQuiet: Bool {
        switch self {
        case .reset, .close, .cutToBroker, .cutToClient: false
        case .silence, .silenceToBroker, .silenceToClient, .stall: true
        }
    }
}
