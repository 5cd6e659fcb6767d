// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Foundation
import Logging

/// The broker of the integration tests, and what a test needs of it.
enum TestBroker {
    /// User and password over plain TCP.
    static func configuration() throws -> AMQPConfiguration { try AMQPConfiguration(uri: TestServers.amqpURL) }

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
