// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct LeakTests {
    /// Lets every failure happen to a connection that publishes and consumes, all at the same time, and once more while it connects.
    private func failInEveryWay() async throws {
        try await Broker.withQueue { queue in
            try await withThrowingTaskGroup { group in
                for failure in LinkFailure.allCases {
                    group.addTask {
                        try await FaultProxy.with(to: try Broker.port) { proxy in
                            var configuration = try Broker.configuration(port: proxy.port)
                            configuration.closeTimeout = .seconds(1)
                            configuration.handshakeTimeout = .seconds(1)
                            let error = try await AMQPError.catching {
                                try await Broker.withChannel(configuration) { channel in
                                    let publisher = try await channel.publisher()
                                    try await publisher.publish([1], to: .queue(queue), mandatory: true)
                                    try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                                        for try await delivery in deliveries {
                                            try delivery.nack(requeue: true)
                                            failure.strike(proxy)
                                        }
                                    }
                                }
                            }
                            #expect(error?.code == .connectionLost)
                            proxy.ambush(.silence([.toClient]))
                            #expect(try await AMQPError.catching { try await Broker.withConnection(configuration) { _ in } } != nil)
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `connections that failed leave no descriptor and no thread behind`() async throws {
        // What stays for good is there from the first connection on; only Swift's pool may still grow, to a thread for each processor.
        try await Broker.withQueue { _ in }
        let before = try ProcessCensus.now()
        for _ in 0..<3 { try await self.failInEveryWay() }
        try await eventually("as many descriptors and threads as before, \(before)") {
            let after = try ProcessCensus.now()
            return after.descriptors <= before.descriptors && after.threads <= before.threads + ProcessInfo.processInfo.processorCount
        }
    }
}
