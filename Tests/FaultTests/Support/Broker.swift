// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Logging
import TestSupport
import Transport

/// The broker of these tests, which Scripts/with-servers.sh started, and how to reach it, ask it, end it and start it again.
enum Broker {
    /// The port that the broker listens on.
    static var port: Int { get throws { try self.configuration().endpoints[0].port(with: nil) } }

    /// How to connect, by default without anything in between; a connection that is lost stays lost.
    ///
    /// Waits are long, so that a test whose error comes from a shorter one says so.
    static func configuration(port: Int? = nil, heartbeat: Duration = .seconds(1)) throws -> AMQPConfiguration {
        var configuration = try AMQPConfiguration(uri: TestServers.amqpURL)
        if let port { configuration.endpoints[0].port = port }
        configuration.heartbeat = heartbeat
        configuration.recovery = nil
        configuration.requestTimeout = .seconds(60)
        configuration.confirmTimeout = .seconds(60)
        return configuration
    }

    /// How to connect through a proxy, without end: the pauses between attempts are short.
    static func recovering(over proxy: FaultProxy) throws -> AMQPConfiguration {
        var configuration = try self.configuration(port: proxy.port)
        configuration.recovery = AMQPRecovery(initialDelay: .milliseconds(20), maximumDelay: .milliseconds(200))
        return configuration
    }

    /// The port that it listens on for TLS.
    static var securedPort: Int { get throws { try TestServers.amqpsPort } }

    /// How to connect over TLS, with the test authority trusted.
    static func secured(port: Int) throws -> AMQPConfiguration {
        var configuration = try self.configuration(port: port)
        configuration.tls = TLSConfiguration(trustRoots: .custom(.file("\(try TestServers.certificates)/ca.pem")))
        return configuration
    }

    static func withConnection<Result>(
        _ configuration: AMQPConfiguration? = nil, _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await AMQPClient.withConnection(
            to: configuration ?? self.configuration(heartbeat: .seconds(30)), over: .curl,
            logger: Logger(label: "faults", factory: { _ in SwiftLogNoOpLogHandler() }), body)
    }

    static func withChannel<Result>(
        _ configuration: AMQPConfiguration? = nil, _ body: (AMQPChannel) async throws -> Result
    ) async throws -> Result {
        try await self.withConnection(configuration) { connection in try await connection.withChannel(body) }
    }

    /// Runs with a durable queue of a new name, and deletes it afterwards.
    ///
    /// Only one consumer at a time gets its messages. Otherwise one that has taken the place of another would be given later messages
    /// while the broker does not know yet that the other is gone, and holds those that it had sent there.
    static func withQueue<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let queue = "faults-\(UInt64.random(in: .min ... .max))"
        try await self.withChannel { channel in
            _ = try await channel.declareQueue(queue, durable: true, arguments: ["x-single-active-consumer": true])
        }
        do {
            let result = try await body(queue)
            try await self.delete(queue)
            return result
        } catch {
            try? await self.delete(queue)
            throw error
        }
    }

    static func delete(_ queue: String) async throws {
        try await self.withChannel { channel in _ = try await channel.deleteQueue(queue) }
    }

    /// Takes so many messages of a queue, and returns their names in order.
    static func drain(_ queue: String, count: Int) async throws -> [MessageName] {
        guard count > 0 else { return [] }
        return try await self.withChannel { channel in
            try await channel.withDeliveries(from: queue, prefetch: 500) { deliveries in
                var names: [MessageName] = []
                for try await delivery in deliveries {
                    if let name = MessageName(of: delivery) { names.append(name) }
                    try delivery.ack()
                    if names.count == count { break }
                }
                return names
            }
        }
    }

    /// Takes at least so many messages of a queue, and then what else there is; returns their names.
    static func drainAll(_ queue: String, atLeast count: Int) async throws -> Set<MessageName> {
        var names = Set(try await self.drain(queue, count: count))
        names.formUnion(try await self.drain(queue, count: try await self.messageCount(queue)))
        return names
    }

    /// How many messages of a queue no consumer holds.
    static func messageCount(_ queue: String) async throws -> Int {
        try await self.withChannel { channel in try await channel.declareQueue(queue, passive: true).messageCount }
    }

    // MARK: Control

    /// Ends the broker as a power cut would, once all that it has declared is on its disk.
    ///
    /// RabbitMQ 3.10 answers a declaration when the transaction is prepared on disk; that it is committed waits for up to two seconds in
    /// the buffer of Mnesia's log. A broker that is killed before has forgotten the queue, and the messages that it has confirmed with it:
    /// 5 of 90 did that were killed half a second after the declaration.
    static func kill() async throws {
        try await self.control("eval", "disk_log:sync(latest_log).")
        _ = try await TestCommand.run(["broker-kill"])
    }

    /// Starts it again, with the same data and ports; returns when it answers.
    static func start() async throws { _ = try await TestCommand.run(["broker-start"]) }

    /// Runs `rabbitmqctl` on the broker's node and returns what it prints.
    @discardableResult
    static func control(_ arguments: String...) async throws -> String { try await TestServers.control(arguments) }

    /// Runs under a memory alarm, which is over afterwards.
    static func underMemoryAlarm(_ body: () async throws -> Void) async throws {
        try await self.control("set_vm_memory_high_watermark", "0.0001")
        do { try await body() } catch {
            try await self.control("set_vm_memory_high_watermark", "0.4")
            throw error
        }
        try await self.control("set_vm_memory_high_watermark", "0.4")
    }
}
