// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Foundation
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct AMQPConnectionTests {
    /// Declares a queue, publishes to it and takes the message, to see that a connection works.
    private func exercise(_ configuration: AMQPConfiguration) async throws {
        try await TestBroker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                try await channel.publisher().publish([1], to: .queue(queue), mandatory: true)
                #expect(try await TestBroker.drain(queue, count: 1, on: channel) == [[1]])
            }
        }
    }

    private func code(_ configuration: AMQPConfiguration) async -> AMQPError.Code? {
        await TestBroker.errorCode { try await TestBroker.withConnection(configuration) { _ in } }
    }

    private func transportCode(_ configuration: AMQPConfiguration) async -> TransportError.Code? {
        do {
            try await TestBroker.withConnection(configuration) { _ in }
            return nil
        } catch {
            return (error as? AMQPError)?.transportError?.code
        }
    }

    @Test func `a wrong password is refused`() async throws {
        var configuration = try TestBroker.configuration()
        configuration.credentials = .plain(username: "lamassu", password: "wrong")
        #expect(await self.code(configuration) == .authenticationFailed)
        configuration.credentials = .plain(username: "stranger", password: "")
        #expect(await self.code(configuration) == .authenticationFailed)
    }

    @Test func `an unknown virtual host is refused`() async throws {
        var configuration = try TestBroker.configuration()
        configuration.virtualHost = "nowhere"
        #expect(await self.code(configuration) == .accessRefused)
    }

    @Test func `a port where nobody listens is refused`() async throws {
        var configuration = try TestBroker.configuration()
        configuration.port = 1
        #expect(await self.code(configuration) == .connectFailed)
        #expect(await self.transportCode(configuration) == .connectionRefused)
    }

    @Test func `a plain connection to the TLS port fails, and in time`() async throws {
        var configuration = try TestBroker.secured()
        configuration.tls = nil
        let code = await self.code(configuration)
        #expect(code == .handshakeFailed || code == .connectionLost, "\(code?.description ?? "connected")")
    }

    @Test func `TLS to the plain port fails`() async throws {
        var configuration = try TestBroker.configuration()
        configuration.tls = .systemDefault
        #expect(await self.code(configuration) == .connectFailed)
    }

    @Test(arguments: ["127.0.0.1", "localhost"], [TLSConfiguration.Version.tls12, .tls13])
    func `TLS with the authority that is trusted works`(host: String, version: TLSConfiguration.Version) async throws {
        var configuration = try TestBroker.secured(host: host)
        configuration.tls?.minimumVersion = version
        try await self.exercise(configuration)
    }

    @Test func `a certificate for another name is refused`() async throws {
        #expect(await self.transportCode(try TestBroker.secured(host: "127.0.0.2")) == .tlsVerificationFailed)
    }

    @Test func `a certificate of another authority is refused`() async throws {
        #expect(await self.transportCode(try TestBroker.secured(certificationAuthority: "wrong-ca")) == .tlsVerificationFailed)
        var configuration = try TestBroker.secured()
        configuration.tls = .systemDefault
        #expect(await self.transportCode(configuration) == .tlsVerificationFailed)
    }

    @Test func `a client certificate is all the credentials that are needed`() async throws {
        var configuration = try TestBroker.secured(client: "client")
        configuration.credentials = .external
        try await self.exercise(configuration)
    }

    @Test func `a client certificate of another authority is refused`() async throws {
        var configuration = try TestBroker.secured(client: "wrong-client")
        configuration.credentials = .external
        let code = await self.code(configuration)
        #expect(code == .connectFailed || code == .connectionLost, "\(code?.description ?? "connected")")
    }

    @Test func `heartbeats keep an idle connection alive`() async throws {
        var configuration = try TestBroker.configuration()
        configuration.heartbeat = .seconds(1)
        try await TestBroker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                // Four intervals: without heartbeats either side would have given up by now.
                try await Task.sleep(for: .seconds(4))
                let queue = try await channel.declareQueue(exclusive: true)
                #expect(queue.consumerCount == 0)
            }
        }
    }

    @Test func `a connection that is closed by force fails all that waits, with the reason`() async throws {
        var configuration = try TestBroker.configuration()
        configuration.connectionName = TestBroker.freshName("forced")
        let name = try #require(configuration.connectionName)
        try await TestBroker.withConnection(configuration) { connection in
            try await connection.withChannel { channel in
                let queue = try await channel.declareQueue(exclusive: true).name
                let publisher = try await channel.publisher()
                try await channel.withDeliveries(from: queue, prefetch: 1) { deliveries in
                    async let waiting: AMQPError? = {
                        do throws(AMQPError) { for try await _ in deliveries {} } catch { return error }
                        return nil
                    }()
                    let process = try await TestBroker.control("list_connections", "pid", "client_properties")
                        .split(separator: "\n").first { $0.contains(name) }?.split(separator: "\t").first
                    _ = try await TestBroker.control("close_connection", String(try #require(process)), "test of a forced close")
                    let error = try #require(await waiting)
                    #expect(error.code == .connectionClosed)
                    #expect(error.replyCode == .connectionForced)
                    #expect(error.message.contains("test of a forced close"))
                    #expect(error.isRetryable)
                    #expect(await TestBroker.errorCode { try await publisher.publish([1], to: .queue(queue)) } == .connectionClosed)
                }
            }
            #expect(await TestBroker.errorCode { try await connection.withChannel { _ in } } == .connectionClosed)
        }
    }
}
