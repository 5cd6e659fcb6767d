// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// A broker that fails under a connection that recovers.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BrokerRecoveryTests {
    @Test func `a broker that is killed and comes back has every message, and goes on`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                try await Broker.kill()
                try await Broker.start()
                try await fixture.untilRecovered()
            }
        }
    }

    @Test func `a broker that closes all connections gets them back`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                try await Broker.control("close_all_connections", "a test of faults")
                try await fixture.untilRecovered()
            }
        }
    }

    @Test func `a broker that is stopped in order and comes back goes on`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                try await Broker.control("stop_app")
                try await Broker.control("start_app")
                try await fixture.untilRecovered()
            }
        }
    }

    @Test func `a link that fails under a memory alarm is made anew, and messages flow when the alarm is over`() async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            try await RecoveryFixture.with(try Broker.recovering(over: proxy)) { fixture in
                try await Broker.underMemoryAlarm {
                    try await eventually("the broker has blocked the connection") {
                        try await Broker.control("list_connections", "state").contains("blocked")
                    }
                    let confirmed = fixture.ledger.confirmedCount
                    proxy.strike(.reset)
                    try await fixture.untilRecovered()
                    #expect(fixture.ledger.confirmedCount == confirmed, "the broker confirms nothing meanwhile")
                }
            }
        }
    }

    @Test func `a queue that is deleted under its consumer ends it, and recovery does not bring it back`() async throws {
        try await Broker.withQueue { queue in
            try await FaultProxy.with(to: try Broker.port) { proxy in
                try await Broker.withConnection(try Broker.recovering(over: proxy)) { connection in
                    try await connection.withChannel { channel in
                        try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                            async let error = AMQPError.catching { for try await _ in deliveries {} }
                            try await Broker.control("delete_queue", queue)
                            #expect(try await error?.code == .consumerCancelled)
                            proxy.strike(.reset)
                            try await eventually("the connection is back") { connection.state.recoveries == 1 }
                            #expect(connection.state.notRecovered == [], "nobody asked for the queue again")
                        }
                    }
                    let code = try await AMQPError.catching {
                        try await connection.withChannel { channel in try await channel.declareQueue(queue, passive: true) }
                    }?.code
                    #expect(code == .notFound)
                }
            }
        }
    }

    @Test func `a queue that is deleted while the connection is away ends its consumer with the reason`() async throws {
        try await Broker.withQueue { queue in
            try await FaultProxy.with(to: try Broker.port) { proxy in
                try await Broker.withConnection(try Broker.recovering(over: proxy)) { connection in
                    try await connection.withChannel { channel in
                        let publisher = try await channel.publisher()
                        try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                            async let error = AMQPError.catching { for try await _ in deliveries {} }
                            proxy.refuse()
                            proxy.strike(.reset)
                            try await Broker.delete(queue)
                            try proxy.heal()
                            #expect(try await error?.code == .notFound)
                        }
                        try await eventually("the connection is back") { connection.state.phase == .connected }
                        #expect(connection.state.notRecovered.count == 1)
                        let own = try await channel.declareQueue(exclusive: true).name
                        try await publisher.publish([1], to: .queue(own), mandatory: true)
                    }
                }
            }
        }
    }
}
