// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Glibc
import Logging

/// One connection, one channel, 512-byte bodies: what every peer does.
struct Benchmark {
    static let window = 1_000
    static let batch = 250
    static let prefetch = 500
    static let acknowledgedTogether = 100

    let configuration: AMQPConfiguration
    let queue: String
    let count: Int
    /// Whether all is done on the connection's own thread.
    let runsOnIOThread: Bool
    let body = [UInt8](repeating: UInt8(ascii: "x"), count: 512)

    /// Takes broker and queue from the environment, as the peers do.
    init(count: Int) {
        self.configuration = AMQPConfiguration(
            host: Self.variable("AMQP_HOST", or: "127.0.0.1"), port: Int(Self.variable("AMQP_PORT", or: "5672")),
            credentials: .plain(
                username: Self.variable("AMQP_USER", or: "guest"), password: Self.variable("AMQP_PASSWORD", or: "guest")))
        self.queue = Self.variable("AMQP_QUEUE", or: "bench.amqp")
        self.count = count
        self.runsOnIOThread = getenv("AMQP_IO_THREAD") != nil
    }

    /// A variable of the environment.
    static func variable(_ name: String, or fallback: String) -> String { getenv(name).map { String(cString: $0) } ?? fallback }

    /// Runs a closure on a channel of a connection of its own; returns when both are closed.
    func withChannel<Result>(_ body: (AMQPChannel) async throws -> Result) async throws -> Result {
        let logger = Logger(label: "amqp-bench", factory: { _ in SwiftLogNoOpLogHandler() })
        return try await AMQPClient.withConnection(to: self.configuration, over: .curl, logger: logger) { connection in
            guard self.runsOnIOThread else { return try await connection.withChannel(body) }
            return try await withTaskExecutorPreference(connection.executor) { try await connection.withChannel(body) }
        }
    }

    func properties(_ mode: AMQPDeliveryMode) -> AMQPProperties {
        AMQPProperties(contentType: "application/octet-stream", deliveryMode: mode)
    }
}

func microseconds(since instant: ContinuousClock.Instant) -> Double { (.now - instant) / .microseconds(1) }
