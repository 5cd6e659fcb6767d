// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Foundation
import Logging
import Transport

/// The broker of the integration tests, and what a test needs of it.
enum TestBroker {
    /// User and password over plain TCP.
    static func configuration() throws -> AMQPConfiguration { try AMQPConfiguration(uri: TestServers.amqpURL) }

    /// The TLS port at an address, with the test authority trusted, and user and password.
    static func secured(host: String = "127.0.0.1", certificationAuthority: String = "ca", client: String? = nil) throws
        -> AMQPConfiguration
    {
        let folder = try TestServers.certificates
        var tls = TLSConfiguration(trustRoots: .custom(.file("\(folder)/\(certificationAuthority).pem")))
        if let client {
            tls.identity = TLSConfiguration.Identity(
                certificateChain: .file("\(folder)/\(client).pem"), privateKey: .file("\(folder)/\(client).key"))
        }
        guard let port = Int(try TestServers.amqpsPort) else { throw CocoaError(.formatting) }
        return AMQPConfiguration(host: host, port: port, credentials: try self.configuration().credentials, tls: tls)
    }

    static func withConnection<Result>(
        _ configuration: AMQPConfiguration? = nil, _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await AMQPClient.withConnection(
            to: configuration ?? self.configuration(), over: .curl,
            logger: Logger(label: "integration", factory: { _ in SwiftLogNoOpLogHandler() }), body)
    }

    static func withChannel<Result>(_ body: (AMQPChannel) async throws -> Result) async throws -> Result {
        try await self.withConnection { connection in try await connection.withChannel(body) }
    }

    /// A name that no other test uses.
    static func freshName(_ what: String) -> String { "test-\(what)-\(UInt64.random(in: .min ... .max))" }

    /// The code of the error that an operation throws.
    static func errorCode<Result>(_ operation: () async throws -> Result) async -> AMQPError.Code? {
        do {
            _ = try await operation()
            return nil
        } catch {
            return (error as? AMQPError)?.code
        }
    }

    /// Takes deliveries of a queue until there are so many, acknowledges them, and returns their bodies.
    static func drain(_ queue: String, count: Int, on channel: AMQPChannel) async throws -> [[UInt8]] {
        guard count > 0 else { return [] }
        return try await channel.withDeliveries(from: queue, prefetch: 500) { deliveries in
            var bodies: [[UInt8]] = []
            for try await delivery in deliveries {
                bodies.append(delivery.body)
                try delivery.ack()
                if bodies.count == count { break }
            }
            return bodies
        }
    }

    /// Runs `rabbitmqctl` on the test's node and returns what it prints.
    static func control(_ arguments: String...) async throws -> String {
        let node = try TestServers.rabbitMQNode
        return try await withCheckedThrowingContinuation { continuation in
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["rabbitmqctl", "-q", "-n", node] + arguments
            process.standardOutput = output
            process.terminationHandler = { process in
                let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
                if process.terminationStatus == 0 {
                    continuation.resume(returning: text)
                } else {
                    continuation.resume(throwing: ControlError(status: process.terminationStatus, output: text))
                }
            }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
    }

    struct ControlError: Error {
        var status: Int32
        var output: String
    }
}
