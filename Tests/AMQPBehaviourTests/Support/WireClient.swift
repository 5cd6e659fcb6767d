// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Synchronization
import Testing
import Transport

/// A client that sends methods as they are, for what the real client does not do on purpose: errors, and forms it has no use for.
final class WireClient: ByteStreamHandler {
    /// A message with the method that brought it.
    struct Content: Equatable {
        var method: AMQPMethod
        var properties: AMQPProperties
        var body: [UInt8]
    }

    /// The broker did something else than the case expects.
    struct Unexpected: Error, CustomStringConvertible {
        var description: String
    }

    private enum Event {
        case frame(AMQPFrame)
        case closed
    }

    private struct State: ~Copyable {
        var decoder = FrameDecoder()
        var events: [Event] = []
        var reader: CheckedContinuation<Event, Never>?
        var stream: (any ByteStream)?
        var heartbeatCount = 0
    }

    private let state = Mutex(State())

    // MARK: Connecting

    /// Connects and sends nothing.
    static func connect(to broker: Broker) async throws -> WireClient {
        let configuration = try broker.configuration()
        let client = WireClient()
        let endpoint = try #require(configuration.endpoints.first)
        let target = ByteStreamTarget(host: endpoint.host, port: endpoint.port(with: configuration.tls), tls: configuration.tls)
        let stream = try await broker.transport.connect(to: target, handler: client)
        client.state.withLock { state in
            state.stream = stream
            state.decoder.maximumFrameSize = 131_072
        }
        return client
    }

    /// Runs with a connection that is open, and a number of channels from 1 on.
    static func run(
        on broker: Broker, channels: UInt16 = 1, capabilities: [String] = ["consumer_cancel_notify", "connection.blocked"],
        tune: ConnectionTuneOk = ConnectionTuneOk(channelMax: 100, frameMax: 131_072, heartbeat: 0),
        _ body: (WireClient) async throws -> Void
    ) async throws {
        let client = try await self.connect(to: broker)
        do {
            try await client.logIn(to: broker, capabilities: capabilities, tune: tune)
            for channel in 0..<channels { try await client.open(channel + 1) }
            try await body(client)
            client.close()
        } catch {
            client.close()
            throw error
        }
    }

    /// Greets, and returns the broker's greeting.
    func greet() async throws -> ConnectionStart {
        var header: [UInt8] = []
        FrameEncoder.encodeProtocolHeader(into: &header)
        self.write(header)
        guard case .connectionStart(let start) = try await self.nextMethod(on: 0) else { throw Unexpected(description: "no start") }
        return start
    }

    func logIn(
        to broker: Broker, mechanism: String = "PLAIN", capabilities: [String] = [],
        tune: ConnectionTuneOk = ConnectionTuneOk(channelMax: 100, frameMax: 131_072, heartbeat: 0)
    ) async throws {
        _ = try await self.greet()
        let response = try Self.response(mechanism, to: broker)
        let properties: AMQPTable = ["capabilities": .table(AMQPTable(capabilities.map { ($0, true) }))]
        try self.send(
            .connectionStartOk(
                ConnectionStartOk(clientProperties: properties, mechanism: mechanism, response: response, locale: "en_US")),
            on: 0)
        guard case .connectionTune = try await self.nextMethod(on: 0) else { throw Unexpected(description: "no tune") }
        try self.send(.connectionTuneOk(tune), on: 0)
        try self.send(.connectionOpen(ConnectionOpen(virtualHost: "/")), on: 0)
        guard case .connectionOpenOk = try await self.nextMethod(on: 0) else { throw Unexpected(description: "not open") }
    }

    /// The user and the password of the broker's configuration, as a mechanism carries them.
    static func response(_ mechanism: String = "PLAIN", to broker: Broker) throws -> AMQPSecret {
        guard let plain = try broker.configuration().credentials.mechanism as? PlainMechanism else {
            throw Unexpected(description: "no password")
        }
        guard mechanism == "AMQPLAIN" else { return try plain.initialResponse() }
        return try AMQPlainMechanism(username: plain.username, password: plain.password).initialResponse()
    }

    func open(_ channel: UInt16) async throws {
        guard case .channelOpenOk = try await self.call(.channelOpen(ChannelOpen()), on: channel) else {
            throw Unexpected(description: "no channel")
        }
    }

    // MARK: Sending

    func write(_ bytes: [UInt8]) {
        let stream = self.state.withLock { $0.stream }
        stream?.write(bytes.span)
    }

    func send(_ method: AMQPMethod, on channel: UInt16 = 1) throws {
        var bytes: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 131_072).encode(method, channel: channel, into: &bytes)
        self.write(bytes)
    }

    func publish(
        _ body: [UInt8], to exchange: String = "", key: String, properties: AMQPProperties = AMQPProperties(), mandatory: Bool = false,
        immediate: Bool = false, on channel: UInt16 = 1
    ) throws {
        var bytes: [UInt8] = []
        try FrameEncoder(maximumFrameSize: 131_072).encode(
            BasicPublish(exchange: exchange, routingKey: key, mandatory: mandatory, immediate: immediate), properties: properties,
            body: body, channel: channel, into: &bytes)
        self.write(bytes)
    }

    /// Sends a method and returns the next one that comes on its channel.
    func call(_ method: AMQPMethod, on channel: UInt16 = 1) async throws -> AMQPMethod {
        try self.send(method, on: channel)
        return try await self.nextMethod(on: channel)
    }

    /// Declares a queue of the server's naming that goes with the connection, and returns its name.
    func declareQueue(_ arguments: AMQPTable = [:], on channel: UInt16 = 1) async throws -> String {
        let declare = QueueDeclare(queue: "", exclusive: true, arguments: arguments)
        guard case .queueDeclareOk(let declared) = try await self.call(.queueDeclare(declare), on: channel) else {
            throw Unexpected(description: "no queue")
        }
        return declared.queue
    }

    /// How many messages are ready in a queue.
    func depth(of queue: String, on channel: UInt16 = 1) async throws -> UInt32 {
        let answer = try await self.call(.queueDeclare(QueueDeclare(queue: queue, passive: true)), on: channel)
        guard case .queueDeclareOk(let declared) = answer else { throw Unexpected(description: "\(answer)") }
        return declared.messageCount
    }

    func close() { self.state.withLock { $0.stream }?.close() }

    // MARK: Receiving

    /// How many heartbeats were passed over.
    var heartbeatCount: Int { self.state.withLock { $0.heartbeatCount } }

    /// The next frame but for heartbeats; `nil` when the broker has closed the stream.
    func nextFrame() async -> AMQPFrame? {
        while true {
            let event = await withCheckedContinuation { continuation in
                self.state.withLock { state in
                    if state.events.isEmpty {
                        state.reader = continuation
                    } else {
                        continuation.resume(returning: state.events.removeFirst())
                    }
                }
            }
            guard case .frame(let frame) = event else { return nil }
            if frame.payload != .heartbeat { return frame }
            self.state.withLock { $0.heartbeatCount += 1 }
        }
    }

    func nextMethod(on channel: UInt16 = 1) async throws -> AMQPMethod {
        guard let frame = await self.nextFrame() else { throw Unexpected(description: "the stream was closed") }
        guard case .method(let method) = frame.payload, frame.channel == channel else { throw Unexpected(description: "\(frame)") }
        return method
    }

    /// The next method with its content.
    func nextContent(on channel: UInt16 = 1) async throws -> Content {
        let method = try await self.nextMethod(on: channel)
        guard case .header(let header)? = await self.nextFrame()?.payload else { throw Unexpected(description: "no content: \(method)") }
        var body: [UInt8] = []
        while body.count < header.bodySize {
            guard case .body(let part)? = await self.nextFrame()?.payload else { throw Unexpected(description: "no body") }
            body += part
        }
        return Content(method: method, properties: header.properties, body: body)
    }

    /// The delivery that comes next, with its body.
    func nextDelivery(on channel: UInt16 = 1) async throws -> (deliver: BasicDeliver, body: [UInt8]) {
        let content = try await self.nextContent(on: channel)
        guard case .basicDeliver(let deliver) = content.method else { throw Unexpected(description: "\(content.method)") }
        return (deliver, content.body)
    }

    /// The reply code and text with which the broker closes the channel, or the connection where the channel is 0; the client agrees.
    func nextClose(on channel: UInt16 = 1) async throws -> (code: AMQPReplyCode, text: String, method: AMQPMethodID) {
        switch try await self.nextMethod(on: channel) {
        case .channelClose(let close):
            try self.send(.channelCloseOk(ChannelCloseOk()), on: channel)
            return (close.replyCode, close.replyText, AMQPMethodID(classID: close.classID, methodID: close.methodID))
        case .connectionClose(let close):
            try self.send(.connectionCloseOk(ConnectionCloseOk()), on: channel)
            return (close.replyCode, close.replyText, AMQPMethodID(classID: close.classID, methodID: close.methodID))
        case let other: throw Unexpected(description: "\(other)")
        }
    }

    // MARK: ByteStreamHandler

    func streamReceived(_ bytes: Span<UInt8>) {
        self.state.withLock { state in
            var offset = 0
            do {
                while let frame = try state.decoder.next(in: bytes, at: &offset) { Self.emit(.frame(frame), &state) }
            } catch {
                Self.emit(.closed, &state)
            }
        }
    }

    func streamBecameWritable() {}
    func streamDeadlinePassed() {}
    func streamClosed(_ error: TransportError?) { self.state.withLock { Self.emit(.closed, &$0) } }

    private static func emit(_ event: Event, _ state: inout State) {
        if let reader = state.reader.take() { reader.resume(returning: event) } else { state.events.append(event) }
    }
}
