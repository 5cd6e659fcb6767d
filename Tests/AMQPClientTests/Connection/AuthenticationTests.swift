// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct AuthenticationTests {
    /// A mechanism that is asked for the password.
    private struct Asked: AMQPAuthenticationMechanism {
        var password: AMQPSecret

        var name: String { "ASKED" }

        func initialResponse() -> AMQPSecret { AMQPSecret(Array("me".utf8)) }

        func response(to challenge: [UInt8]) throws(AMQPAuthenticationError) -> AMQPSecret {
            guard challenge == [63] else { throw AMQPAuthenticationError("a question that is not understood") }
            return self.password
        }
    }

    private let opened: @Sendable (ScriptedBroker) async throws -> Void = { broker in
        try broker.send(.connectionTune(ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 0)), on: 0)
        try await broker.nextMethod(on: 0)
        try await broker.nextMethod(on: 0)
        try broker.send(.connectionOpenOk(ConnectionOpenOk()), on: 0)
    }

    @Test func `a mechanism of one's own answers the broker's challenges`() async throws {
        let opened = self.opened
        try await Conversation { $0.credentials = .mechanism(Asked(password: AMQPSecret([42]))) }.runFromStart(
            broker: { broker in
                try await broker.greet(mechanisms: "PLAIN ASKED")
                guard case .connectionStartOk(let startOk) = try await broker.nextMethod(on: 0) else { return }
                #expect(startOk.mechanism == "ASKED")
                #expect(startOk.response == AMQPSecret(Array("me".utf8)))
                try broker.send(.connectionSecure(ConnectionSecure(challenge: [63])), on: 0)
                #expect(try await broker.nextMethod(on: 0) == .connectionSecureOk(ConnectionSecureOk(response: AMQPSecret([42]))))
                try await opened(broker)
                try await broker.serveUntilClosed()
            }, client: { _ in })
    }

    @Test func `a challenge that is not understood ends the handshake`() async throws {
        let error = try await amqpError {
            try await Conversation { $0.credentials = .mechanism(Asked(password: AMQPSecret([42]))) }.runFromStart(
                broker: { broker in
                    try await broker.greet(mechanisms: "ASKED")
                    try await broker.nextMethod(on: 0)
                    try broker.send(.connectionSecure(ConnectionSecure(challenge: [33])), on: 0)
                    try await broker.serveUntilClosed()
                }, client: { _ in })
        }
        #expect(error.code == .authenticationFailed)
        #expect(error.message.contains("not understood"))
    }

    @Test func `AMQPLAIN carries name and password`() async throws {
        let opened = self.opened
        try await Conversation { $0.credentials = .amqplain(username: "me", password: "tiger") }.runFromStart(
            broker: { broker in
                try await broker.greet()
                guard case .connectionStartOk(let startOk) = try await broker.nextMethod(on: 0) else { return }
                #expect(startOk.mechanism == "AMQPLAIN")
                #expect(String(decoding: startOk.response.bytes, as: UTF8.self).contains("tiger"))
                try await opened(broker)
                try await broker.serveUntilClosed()
            }, client: { _ in })
    }

    @Test func `credentials say who, and nothing secret`() {
        let credentials: [(AMQPCredentials, String)] = [
            (.plain(username: "me", password: "tiger"), "user me with a password"),
            (.amqplain(username: "me", password: "tiger"), "user me with a password"),
            (.external, "client certificate"),
            (.mechanism(Asked(password: AMQPSecret(Array("tiger".utf8)))), "mechanism ASKED"),
        ]
        for (credentials, description) in credentials {
            #expect("\(credentials)" == description)
            var text = String(reflecting: credentials)
            dump(credentials, to: &text)
            #expect(!text.contains("tiger") && !text.contains("116"))
        }
        #expect(Set(credentials.map(\.0)).count == 4)
        #expect(AMQPCredentials.plain(username: "me", password: "a") != .plain(username: "me", password: "b"))
    }

    // MARK: A new secret

    @Test func `a new secret is sent, and its call returns when the broker has taken it`() async throws {
        try await Conversation().run(
            broker: { broker in
                let method = ConnectionUpdateSecret(newSecret: AMQPSecret(Array("token".utf8)), reason: "due")
                let request = try await broker.answer(with: .connectionUpdateSecretOk(ConnectionUpdateSecretOk()), on: 0)
                #expect(request == .connectionUpdateSecret(method))
            },
            client: { connection in
                try await connection.updateSecret("token", reason: "due")
                let code = await errorCode { try await connection.updateSecret("", reason: String(repeating: "a", count: 256)) }
                #expect(code == .invalidArgument)
            })
    }

    @Test func `a new secret that is not answered times out, and its late answer is swallowed`() async throws {
        try await Conversation().run(
            broker: { broker in
                try await broker.nextMethod(on: 0)
                broker.advance(by: .seconds(30))
                try broker.send(.connectionUpdateSecretOk(ConnectionUpdateSecretOk()), on: 0)
                try await broker.answer(with: .connectionUpdateSecretOk(ConnectionUpdateSecretOk()), on: 0)
            },
            client: { connection in
                #expect(await errorCode { try await connection.updateSecret("a", reason: "") } == .timedOut)
                try await connection.updateSecret("b", reason: "")
            })
    }

    @Test func `a call for a new secret can be cancelled, and fails with its connection`() async throws {
        let isSent = Signal()
        try await Conversation().run(
            broker: { broker in
                try await broker.nextMethod(on: 0)
                isSent.send()
                try await broker.nextMethod(on: 0)
                try broker.send(.connectionClose(ConnectionClose(replyCode: .notAllowed, replyText: "refused")), on: 0)
                try await broker.nextMethod(on: 0)
            },
            client: { connection in
                let code = await withTaskGroup(of: AMQPError.Code?.self) { group in
                    group.addTask { await errorCode { try await connection.updateSecret("a", reason: "") } }
                    await isSent.wait()
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(code == .cancelled)
                #expect(await errorCode { try await connection.updateSecret("b", reason: "") } == .accessRefused)
                #expect(await errorCode { try await connection.updateSecret("c", reason: "") } == .accessRefused)
            })
    }
}
