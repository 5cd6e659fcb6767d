// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import Foundation
import Transport

/// The RabbitMQ node of `Scripts/with-servers.sh`, for what only a real server has.
enum RabbitMQ {
    /// A variable of the environment is not set.
    struct Missing: Error, CustomStringConvertible {
        let variable: String
        var description: String { "\(self.variable) is not set: run the tests through Scripts/test.sh, or Scripts/with-servers.sh" }
    }

    /// `rabbitmqctl` failed.
    struct ControlError: Error {
        var status: Int32
        var output: String
    }

    private static func variable(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name] else { throw Missing(variable: name) }
        return value
    }

    /// User and password over plain TCP.
    static func configuration() throws -> AMQPConfiguration {
        try AMQPConfiguration(uri: self.variable("LAMASSU_TEST_AMQP_URL"))
    }

    /// The TLS port at an address, with the test authority trusted, and user and password.
    static func secured(host: String = "127.0.0.1", certificationAuthority: String = "ca", client: String? = nil) throws
        -> AMQPConfiguration
    {
        let folder = try self.variable("LAMASSU_TEST_PKI")
        var tls = TLSConfiguration(trustRoots: .custom(.file("\(folder)/\(certificationAuthority).pem")))
        if let client {
            tls.identity = TLSConfiguration.Identity(
                certificateChain: .file("\(folder)/\(client).pem"), privateKey: .file("\(folder)/\(client).key"))
        }
        guard let port = Int(try self.variable("LAMASSU_TEST_AMQPS_PORT")) else { throw Missing(variable: "LAMASSU_TEST_AMQPS_PORT") }
        return AMQPConfiguration(host: host, port: port, credentials: try self.configuration().credentials, tls: tls)
    }

    /// Runs with a connection.
    static func withConnection<Result>(
        _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await AMQPClient.withConnection(to: configuration, over: .curl, logger: .silent, body)
    }

    /// Runs `rabbitmqctl` on the test's node and returns what it prints.
    @discardableResult
    static func control(_ arguments: String...) async throws -> String {
        let node = try self.variable("LAMASSU_TEST_RABBITMQ_NODE")
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
}
