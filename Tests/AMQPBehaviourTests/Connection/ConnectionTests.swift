// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct ConnectionTests {
    @Test(arguments: Broker.all) func `a wrong password is refused`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.credentials = .plain(username: Broker.username, password: "wrong")
        #expect(await errorCode { try await broker.withConnection(configuration) { _ in } } == .authenticationFailed)
        configuration.credentials = .plain(username: "stranger", password: "")
        #expect(await errorCode { try await broker.withConnection(configuration) { _ in } } == .authenticationFailed)
    }

    @Test(arguments: Broker.all) func `an unknown virtual host is refused`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.virtualHost = "nowhere"
        #expect(await errorCode { try await broker.withConnection(configuration) { _ in } } == .accessRefused)
    }

    @Test(arguments: Broker.all) func `heartbeats keep an idle connection alive`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.heartbeat = .seconds(1)
        try await broker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                // Four intervals: without heartbeats either side would have given up by now.
                try await Task.sleep(for: .seconds(4))
                let queue = try await channel.declareQueue(exclusive: true)
                #expect(queue.consumerCount == 0)
            }
        }
    }

    @Test(arguments: Broker.real)
    func `a connection that is closed by force fails all that waits, with the reason`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.connectionName = freshName("forced")
        let name = try #require(configuration.connectionName)
        configuration.recovery = nil
        try await broker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                let publisher = try await channel.publisher()
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    async let waiting: AMQPError? = {
                        do throws(AMQPError) { for try await _ in deliveries {} } catch { return error }
                        return nil
                    }()
                    let process = try await RabbitMQ.control("list_connections", "pid", "client_properties")
                        .split(separator: "\n").first { $0.contains(name) }?.split(separator: "\t").first
                    _ = try await RabbitMQ.control("close_connection", String(try #require(process)), "test of a forced close")
                    let error = try #require(await waiting)
                    #expect(error.code == .connectionClosed)
                    #expect(error.replyCode == .connectionForced)
                    #expect(error.message.contains("test of a forced close"))
                    #expect(error.isRetryable)
                    #expect(await errorCode { try await publisher.publish([1], to: .queue(queue)) } == .connectionClosed)
                }
            }
            #expect(await errorCode { try await connection.withChannel { _ in } } == .connectionClosed)
        }
    }
}
