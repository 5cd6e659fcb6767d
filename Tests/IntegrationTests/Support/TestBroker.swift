// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Logging
import TestSupport

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
    static func control(_ arguments: String...) async throws -> String { try await TestServers.control(arguments) }
}
