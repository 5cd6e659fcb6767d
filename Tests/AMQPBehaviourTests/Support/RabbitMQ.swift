// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import CurlTransport
import TestSupport
import Transport

/// The RabbitMQ node of `Scripts/with-servers.sh`, for what only a real server has.
enum RabbitMQ {
    /// User and password over plain TCP.
    static func configuration() throws -> AMQPConfiguration {
        try AMQPConfiguration(uri: TestServers.amqpURL)
    }

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
        return AMQPConfiguration(host: host, port: try TestServers.amqpsPort, credentials: try self.configuration().credentials, tls: tls)
    }

    /// Runs with a connection.
    static func withConnection<Result>(
        _ configuration: AMQPConfiguration, _ body: (AMQPConnection) async throws -> Result
    ) async throws -> Result {
        try await AMQPClient.withConnection(to: configuration, over: .curl, logger: .silent, body)
    }

    /// Runs `rabbitmqctl` on the test's node and returns what it prints.
    @discardableResult
    static func control(_ arguments: String...) async throws -> String { try await TestServers.control(arguments) }
}
