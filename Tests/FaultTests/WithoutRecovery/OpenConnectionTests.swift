// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing

/// A link that fails under an open connection: all that waits ends, with the right error, and so does what is asked afterwards.
///
/// The connection's waits are a minute long, heartbeats come each second: what is quiet has to be noticed by their absence.
@Suite(.timeLimit(.minutes(2))) struct OpenConnectionTests {
    /// Runs with a channel that goes through a proxy of its own.
    private func withChannel(_ body: (AMQPChannel, FaultProxy) async throws -> Void) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            var configuration = try Broker.configuration(port: proxy.port)
            configuration.closeTimeout = .seconds(1)
            try await Broker.withChannel(configuration) { channel in try await body(channel, proxy) }
        }
    }

    @Test(arguments: LinkFailure.allCases)
    func `a request ends when the link fails`(failure: LinkFailure) async throws {
        try await self.withChannel { channel, proxy in
            _ = try await channel.declareQueue(exclusive: true)
            failure.strike(proxy)
            // A cut waits for a frame, which the first request may be; so ask until there is an error.
            var error: AMQPError?
            while error == nil { error = try await AMQPError.catching { try await channel.declareQueue(exclusive: true) } }
            #expect(error?.code == .connectionLost)
            #expect(error?.isDeliveryFateUnknown == false)
            #expect(try await AMQPError.catching { try await channel.publisher() }?.code == .connectionLost)
        }
    }

    /// Four tasks and a window of two: when nothing is confirmed any more, two messages are on their way and two wait.
    @Test(arguments: LinkFailure.allCases)
    func `every publish ends when the link fails, and its error says whether the message was sent`(failure: LinkFailure) async throws {
        try await Broker.withQueue { queue in
            let ledger = Ledger()
            try await self.withChannel { channel, proxy in
                let publisher = try await channel.publisher(window: 2)
                try await withThrowingTaskGroup { group in
                    for task in 0..<4 {
                        group.addTask {
                            for number in 0... {
                                let name = MessageName(lane: task, number: number)
                                let error = try await AMQPError.catching {
                                    try await publisher.publish([1], properties: name.properties, to: .queue(queue), mandatory: true)
                                }
                                ledger.published(name, error)
                                if error != nil { return }
                            }
                        }
                    }
                    try await eventually("messages are confirmed") { ledger.confirmed.count >= 20 }
                    failure.strike(proxy)
                    try await group.waitForAll()
                }
                #expect(ledger.failures.count == 4)
                #expect(ledger.failures.allSatisfy { $0.code == .connectionLost })
                #expect(ledger.unknown.count <= 2)
                if failure.isQuiet { #expect(ledger.unknown.count == 2) }
                let late = try await AMQPError.catching { try await publisher.publish([1], to: .queue(queue)) }
                #expect(late?.code == .connectionLost && late?.isDeliveryFateUnknown == false)
            }
            let names = try await Broker.drainAll(queue, atLeast: ledger.confirmed.count)
            #expect(ledger.confirmed.isSubset(of: names), "what was confirmed is there")
            #expect(names.isSubset(of: ledger.confirmed.union(ledger.unknown.keys)), "what is there was confirmed, or said to be unknown")
        }
    }

    @Test(arguments: LinkFailure.allCases)
    func `a consumer that waits ends when the link fails, and what it held comes again`(failure: LinkFailure) async throws {
        try await Broker.withQueue { queue in
            try await Broker.withChannel { channel in
                let publisher = try await channel.publisher()
                for number in 0..<3 {
                    try await publisher.publish([1], properties: MessageName(lane: 0, number: number).properties, to: .queue(queue))
                }
            }
            try await self.withChannel { channel, proxy in
                try await channel.withDeliveries(from: queue, prefetch: 3) { deliveries in
                    var held: [AMQPDelivery] = []
                    let error = try await AMQPError.catching {
                        for try await delivery in deliveries {
                            held.append(delivery)
                            if held.count == 3 { failure.strike(proxy) }
                        }
                    }
                    #expect(held.count == 3)
                    #expect(error?.code == .connectionLost)
                    for delivery in held { #expect(throws: AMQPError(.connectionLost, message: "")) { try delivery.ack() } }
                }
            }
            #expect(try await Broker.drain(queue, count: 3) == (0..<3).map { MessageName(lane: 0, number: $0) })
        }
    }

    @Test(arguments: LinkFailure.allCases)
    func `closing ends in time when the link fails`(failure: LinkFailure) async throws {
        try await FaultProxy.with(to: try Broker.port) { proxy in
            // Without heartbeats, the close has to give up by itself.
            var configuration = try Broker.configuration(port: proxy.port, heartbeat: .zero)
            configuration.closeTimeout = .seconds(1)
            let value = try await Broker.withConnection(configuration) { connection in
                try await connection.withChannel { channel in
                    let queue = try await channel.declareQueue(exclusive: true).name
                    return try await channel.withDeliveries(from: queue, prefetch: 1) { _ in
                        failure.strike(proxy)
                        return 7
                    }
                }
            }
            #expect(value == 7, "an orderly close is no condition for the result")
        }
    }
}
