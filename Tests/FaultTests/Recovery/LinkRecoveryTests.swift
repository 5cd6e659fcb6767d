// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// A link that fails under a connection that recovers: no call fails, nothing is lost, everything stays in order.
@Suite(.timeLimit(.minutes(2))) struct LinkRecoveryTests {
    @Test(arguments: LinkFailure.allCases)
    func `publishers and consumers do not notice that the link has failed`(failure: LinkFailure) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                failure.strike(proxy)
                try await fixture.untilRecovered()
            }
            #expect(proxy.counts.accepted == 2)
        }
    }

    @Test func `attempts go on while the port refuses`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                proxy.refuse()
                proxy.strike(.reset)
                try await eventually("three attempts are made") { fixture.connection.state.attempt >= 3 }
                #expect(fixture.connection.state.phase == .recovering)
                #expect(fixture.connection.state.error?.code == .connectFailed)
                try proxy.heal()
                try await fixture.untilRecovered()
            }
        }
    }

    /// Each answer of the broker on the way back, from `connection.start` to the first delivery: before it comes, the link is lost again.
    @Test(arguments: 0..<11)
    func `a link that fails again while it is made anew is made anew again`(frames: Int) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                proxy.ambush(.reset, at: FramePoint(direction: .toClient, frames: frames, bytes: 3), links: 2)
                proxy.strike(.close)
                try await eventually("both attempts fail") { proxy.counts.strikes == 3 }
                try await fixture.untilRecovered()
            }
        }
    }

    @Test func `a peer that falls silent while the connection is made anew is given up`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            var configuration = try Broker.recovering(over: proxy)
            configuration.handshakeTimeout = .seconds(1)
            try await RecoveryFixture.with(configuration) { fixture in
                proxy.ambush(.silence([.toClient]), at: FramePoint(direction: .toClient, frames: 1))
                proxy.ambush(.silence([.toBroker]), at: FramePoint(direction: .toClient, frames: 4))
                proxy.strike(.reset)
                try await eventually("both attempts fail") { proxy.counts.strikes == 3 }
                try await fixture.untilRecovered()
            }
        }
    }

    @Test func `another host takes over, and back`() async throws {
        let port = try Broker.port
        try await FaultProxy.with(to: port) { first in
            try await FaultProxy.with(to: port) { second in
                var configuration = try Broker.recovering(over: first)
                configuration.endpoints = AMQPEndpointList(
                    AMQPEndpoint(host: "127.0.0.1", port: first.port), AMQPEndpoint(host: "127.0.0.1", port: second.port), order: .inOrder)
                try await RecoveryFixture.with(configuration) { fixture in
                    #expect(fixture.connection.state.endpoint.port == first.port)
                    first.refuse()
                    first.strike(.reset)
                    try await fixture.untilRecovered()
                    #expect(fixture.connection.state.endpoint.port == second.port)
                    try await fixture.untilMessagesFlow()
                    try first.heal()
                    second.refuse()
                    second.strike(.close)
                    try await fixture.untilRecovered(2)
                    #expect(fixture.connection.state.endpoint.port == first.port)
                }
            }
        }
    }
}
