// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct EndpointTests {
    private let refused = TransportError(.connectionRefused, message: "nobody listens")
    private let unverified = TransportError(.tlsVerificationFailed, message: "unknown CA")

    private func conversation(_ hosts: [String], errors: [String: TransportError]) -> Conversation {
        var conversation = Conversation { configuration in
            if let endpoints = AMQPEndpointList(hosts.map { AMQPEndpoint(host: $0) }, order: .inOrder) {
                configuration.endpoints = endpoints
            }
        }
        conversation.transport = ScriptedTransport(errors: errors)
        return conversation
    }

    @Test func `the port follows from TLS, unless it is given`() {
        #expect(AMQPEndpoint(host: "h").port(with: nil) == 5672)
        #expect(AMQPEndpoint(host: "h").port(with: .systemDefault) == 5671)
        #expect(AMQPEndpoint(host: "h", port: 1).port(with: .systemDefault) == 1)
    }

    @Test func `an endpoint reads as in a URI`() {
        #expect("\(AMQPEndpoint(host: "h"))" == "h")
        #expect("\(AMQPEndpoint(host: "h", port: 7))" == "h:7")
        #expect("\(AMQPEndpoint(host: "::1", port: 7))" == "[::1]:7")
    }

    @Test func `a list is never empty, and shuffled unless one says otherwise`() throws {
        #expect(AMQPEndpointList([]) == nil)
        let list = try #require(AMQPEndpointList([AMQPEndpoint(host: "a"), AMQPEndpoint(host: "b")]))
        #expect(list.order == .shuffled)
        #expect(Array(list) == [AMQPEndpoint(host: "a"), AMQPEndpoint(host: "b")])
        #expect(AMQPConfiguration(host: "h", credentials: .external).endpoints == AMQPEndpointList(AMQPEndpoint(host: "h")))
    }

    @Test func `shuffled, each endpoint comes once, and each comes first at some time`() {
        let list = AMQPEndpointList(AMQPEndpoint(host: "a"), AMQPEndpoint(host: "b"), AMQPEndpoint(host: "c"))
        var generator = SeededGenerator(seed: 3)
        var first: Set<AMQPEndpoint> = []
        for _ in 0..<50 {
            let attempts = list.attempts(using: &generator)
            #expect(attempts.count == 3)
            #expect(Set(attempts) == Set(list))
            first.formUnion(attempts.prefix(1))
        }
        #expect(first == Set(list))
    }

    @Test func `in order, it is always the order of the list`() {
        let list = AMQPEndpointList(AMQPEndpoint(host: "b"), AMQPEndpoint(host: "a"), AMQPEndpoint(host: "c"), order: .inOrder)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<50 { #expect(list.attempts(using: &generator) == Array(list)) }
    }

    @Test func `an endpoint that cannot be reached makes way for the next`() async throws {
        let conversation = self.conversation(["a", "b", "c"], errors: ["a": self.refused])
        try await conversation.run(broker: { _ in }, client: { _ in })
        #expect(conversation.transport.targets.map(\.host) == ["a", "b"])
    }

    @Test func `a broker that breaks off in the handshake makes way for the next`() async throws {
        let conversation = self.conversation(["a", "b"], errors: [:])
        let transport = conversation.transport
        try await conversation.runFromStart(
            broker: { first in
                first.stream.handler.streamClosed(nil)
                let second = ScriptedBroker(stream: await transport.nextStream(), clock: first.clock)
                try await second.handshake()
                try await second.serveUntilClosed()
            }, client: { _ in })
        #expect(transport.targets.map(\.host) == ["a", "b"])
    }

    @Test func `refused credentials are not tried at the next endpoint`() async throws {
        let conversation = self.conversation(["a", "b"], errors: [:])
        let error = try await amqpError {
            try await conversation.runFromStart(
                broker: { broker in
                    try await broker.greet()
                    try await broker.nextMethod(on: 0)
                    try broker.send(
                        .connectionClose(
                            ConnectionClose(replyCode: .accessRefused, replyText: "ACCESS_REFUSED", classID: 10, methodID: 11)),
                        on: 0)
                }, client: { _ in })
        }
        #expect(error.code == .authenticationFailed)
        #expect(conversation.transport.attempts == 1)
    }

    @Test func `when none can be reached, the error names each, and has the kind of the one worth another try`() async throws {
        let conversation = self.conversation(["a", "b"], errors: ["a": self.refused, "b": self.unverified])
        let error = try await amqpError {
            try await AMQPClient.withConnection(
                to: conversation.configuration, over: conversation.transport, logger: conversation.logger
            ) { _ in }
        }
        #expect(conversation.transport.targets.map(\.host) == ["a", "b"])
        #expect(error.code == .connectFailed)
        #expect(error.transportError?.code == .connectionRefused)
        #expect(error.isRetryable)
        #expect(error.message.contains("a: ") && error.message.contains("b: "))
        #expect(error.message.contains("nobody listens") && error.message.contains("unknown CA"))
    }

    @Test func `each attempt has the timeout and the TLS of the configuration`() async throws {
        var configuration = Conversation().configuration
        configuration.endpoints = AMQPEndpointList(AMQPEndpoint(host: "a"), AMQPEndpoint(host: "b", port: 9), order: .inOrder)
        configuration.tls = TLSConfiguration(minimumVersion: .tls13)
        configuration.connectTimeout = .seconds(3)
        let transport = ScriptedTransport(error: self.refused)
        _ = try await amqpError {
            try await AMQPClient.withConnection(to: configuration, over: transport, logger: Conversation().logger) { _ in }
        }
        let expected = [("a", 5671), ("b", 9)].map {
            ByteStreamTarget(host: $0.0, port: $0.1, tls: configuration.tls, connectTimeout: .seconds(3))
        }
        #expect(transport.targets == expected)
    }
}
