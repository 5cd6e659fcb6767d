// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// What only a real server has: ports, TLS, client certificates.
@Suite(.timeLimit(.minutes(2))) struct TransportSecurityTests {
    /// Declares a queue, publishes to it and takes the message, to see that a connection works.
    private func exercise(_ configuration: AMQPConfiguration) async throws {
        try await RabbitMQ.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
                #expect(try await channel.drain(queue, count: 1) == [[1]])
            }
        }
    }

    private func code(_ configuration: AMQPConfiguration) async -> AMQPError.Code? {
        await errorCode { try await RabbitMQ.withConnection(configuration) { _ in } }
    }

    private func transportCode(_ configuration: AMQPConfiguration) async -> TransportError.Code? {
        do {
            try await RabbitMQ.withConnection(configuration) { _ in }
            return nil
        } catch {
            return (error as? AMQPError)?.transportError?.code
        }
    }

    @Test func `a port where nobody listens is refused`() async throws {
        var configuration = try RabbitMQ.configuration()
        configuration.endpoints[0].port = 1
        #expect(await self.code(configuration) == .connectFailed)
        #expect(await self.transportCode(configuration) == .connectionRefused)
    }

    @Test func `a plain connection to the TLS port fails, and in time`() async throws {
        var configuration = try RabbitMQ.secured()
        configuration.tls = nil
        let code = await self.code(configuration)
        #expect(code == .handshakeFailed || code == .connectionLost, "\(code?.description ?? "connected")")
    }

    @Test func `TLS to the plain port fails`() async throws {
        var configuration = try RabbitMQ.configuration()
        configuration.tls = .systemDefault
        #expect(await self.code(configuration) == .connectFailed)
    }

    @Test(arguments: ["127.0.0.1", "localhost"], [TLSConfiguration.Version.tls12, .tls13])
    func `TLS with the authority that is trusted works`(host: String, version: TLSConfiguration.Version) async throws {
        var configuration = try RabbitMQ.secured(host: host)
        configuration.tls?.minimumVersion = version
        try await self.exercise(configuration)
    }

    @Test func `a certificate for another name is refused`() async throws {
        #expect(await self.transportCode(try RabbitMQ.secured(host: "127.0.0.2")) == .tlsVerificationFailed)
    }

    @Test func `a certificate of another authority is refused`() async throws {
        #expect(await self.transportCode(try RabbitMQ.secured(certificationAuthority: "wrong-ca")) == .tlsVerificationFailed)
        var configuration = try RabbitMQ.secured()
        configuration.tls = .systemDefault
        #expect(await self.transportCode(configuration) == .tlsVerificationFailed)
    }

    @Test func `a client certificate is all the credentials that are needed`() async throws {
        var configuration = try RabbitMQ.secured(client: "client")
        configuration.credentials = .external
        try await self.exercise(configuration)
    }

    @Test func `a client certificate of another authority is refused`() async throws {
        var configuration = try RabbitMQ.secured(client: "wrong-client")
        configuration.credentials = .external
        let code = await self.code(configuration)
        #expect(code == .connectFailed || code == .connectionLost, "\(code?.description ?? "connected")")
    }
}
