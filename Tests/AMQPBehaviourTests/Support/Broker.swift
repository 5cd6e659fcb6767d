// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Logging
import TestSupport
import Testing
import Transport
import TransportTesting

/// A broker that the behaviour suite runs against.
///
/// One suite, several brokers: what RabbitMQ does, the in-memory broker must do. A case is a test with a broker as its argument,
///
///     @Test(arguments: Broker.all) func `a queue that is deleted ends its consumer`(broker: Broker) async throws {
///         try await broker.withChannel { channel in … }
///     }
///
/// and obeys these rules:
/// - It takes `Broker.all`. Only a case about what is not in the protocol, such as TLS or `rabbitmqctl`, takes `Broker.real`.
/// - Its queues and exchanges have names of their own: exclusive ones of the server's naming, or `freshName(_:)`. It removes what does
///   not go with its connection.
/// - It waits for what happens, not for time: what a broker tells nobody is asked for with `eventually`; the suite's time limit ends what hangs.
/// - It looks at the effect, through the client's public interface. When brokers differ, RabbitMQ is right.
///
/// The real brokers are those of `Scripts/with-servers.sh`; a variable that is not set fails the case.
struct Broker: Sendable, CustomTestStringConvertible {
    private enum Kind {
        case inMemory(InMemoryBroker)
        case plain
        case secured
    }

    private let kind: Kind

    var testDescription: String {
        switch self.kind {
        case .inMemory: "in memory"
        case .plain: "RabbitMQ"
        case .secured: "RabbitMQ over TLS"
        }
    }

    /// All brokers.
    ///
    /// The in-memory one is new each time, the others are shared.
    static var all: [Broker] { [Broker(kind: .inMemory(InMemoryBroker(users: [self.username: "secret"])))] + self.real }

    /// RabbitMQ over plain TCP and over TLS.
    static var real: [Broker] { [Broker(kind: .plain), Broker(kind: .secured)] }

    /// How to connect: user and password, and the defaults otherwise.
    func configuration() throws -> AMQPConfiguration {
        switch self.kind {
        case .inMemory:
            AMQPConfiguration(host: "in-memory", credentials: .plain(username: Self.username, password: "secret"))
        case .plain: try RabbitMQ.configuration()
        case .secured: try RabbitMQ.secured()
        }
    }

    /// What connects to it.
    var transport: any ByteStreamTransport {
        if case .inMemory(let broker) = self.kind { broker.transport } else { .curl }
    }

    /// The user of ``configuration()``.
    static let username = "lamassu"

    /// Runs with a connection.
    func withConnection<Result>(
        _ configuration: AMQPConfiguration? = nil, _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await AMQPClient.withConnection(
            to: configuration ?? self.configuration(), over: self.transport, logger: .silent, body)
    }

    /// Runs with a channel on a connection of its own.
    func withChannel<Result>(_ body: (AMQPChannel) async throws -> Result) async throws -> Result {
        try await self.withConnection { connection in try await connection.withChannel(body) }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "behaviour", factory: { _ in SwiftLogNoOpLogHandler() }) }
}
