// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing

@Suite(.timeLimit(.minutes(2))) struct AuthenticationTests {
    /// PLAIN, as one would write it.
    private struct OwnPlain: AMQPAuthenticationMechanism {
        let plain: [UInt8]

        var name: String { "PLAIN" }

        func initialResponse() -> AMQPSecret { AMQPSecret(self.plain) }
    }

    /// The password of ``Broker/configuration()``.
    private func password(of broker: Broker) throws -> [UInt8] {
        guard let plain = try broker.configuration().credentials.mechanism as? PlainMechanism else { return [] }
        return plain.password.bytes
    }

    @Test(arguments: Broker.all) func `AMQPLAIN carries name and password`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        let password = String(decoding: try self.password(of: broker), as: UTF8.self)
        configuration.credentials = .amqplain(username: Broker.username, password: password)
        try await broker.withConnection(configuration) { _ in }
        configuration.credentials = .amqplain(username: Broker.username, password: "wrong")
        #expect(await errorCode { try await broker.withConnection(configuration) { _ in } } == .authenticationFailed)
    }

    @Test(arguments: Broker.all) func `a mechanism of one's own is taken`(broker: Broker) async throws {
        var configuration = try broker.configuration()
        configuration.credentials = .mechanism(
            OwnPlain(plain: try [0] + Array(Broker.username.utf8) + [0] + self.password(of: broker)))
        try await broker.withConnection(configuration) { _ in }
    }

    @Test(arguments: Broker.all) func `a new secret is taken on the open connection`(broker: Broker) async throws {
        try await broker.withConnection { connection in
            try await connection.updateSecret("new", reason: "the old one is due")
            try await connection.withChannel { _ in }
        }
    }
}
