// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// The same over TLS, where an end that the peer did not announce could hide what was cut off.
@Suite(.timeLimit(.minutes(2))) struct SecuredLinkTests {
    @Test(arguments: [Fault.reset, .close, .silence([.toBroker, .toClient])])
    func `a TLS link that fails is a lost connection`(fault: Fault) async throws {
        try await FaultProxy.with(to: try Broker.securedPort) { proxy in
            var configuration = try Broker.secured(port: proxy.port)
            configuration.closeTimeout = .seconds(1)
            try await Broker.withChannel(configuration) { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                let error = try await AMQPError.catching {
                    try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                        proxy.strike(fault)
                        for try await _ in deliveries {}
                    }
                }
                #expect(error?.code == .connectionLost)
            }
        }
    }

    @Test(arguments: Direction.allCases, [100, 1_000])
    func `a TLS handshake that is cut ends the attempt`(direction: Direction, bytes: Int) async throws {
        try await FaultProxy.with(to: try Broker.securedPort) { proxy in
            // To the proxy, TLS is one long frame.
            proxy.ambush(.close, at: FramePoint(direction: direction, bytes: bytes))
            let error = try #require(
                try await AMQPError.catching { try await Broker.withConnection(try Broker.secured(port: proxy.port)) { _ in } })
            #expect(error.code == .connectFailed || error.code == .connectionLost)
        }
    }
}
