// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPClient
import Testing
import Transport

/// The broker's end of a stream, played by a test's script, with real frames.
struct ScriptedBroker: Sendable {
    /// A message that the client has published.
    struct Published: Equatable {
        var method: BasicPublish
        var properties: AMQPProperties
        var body: [UInt8]
        var bodyFrames: Int
    }

    let stream: ScriptedStream
    let clock: ManualClock
    private let encoder = FrameEncoder(maximumFrameSize: 131_072)

    init(stream: ScriptedStream, clock: ManualClock) {
        self.stream = stream
        self.clock = clock
    }

    // MARK: What the client does

    /// The next frame, which is on this channel.
    func nextFrame(on channel: UInt16, sourceLocation: SourceLocation = #_sourceLocation) async throws -> AMQPFrame.Payload {
        let event = await self.stream.nextEvent()
        guard case .frame(let frame) = event, frame.channel == channel else {
            throw Unexpected(event: event, sourceLocation: sourceLocation)
        }
        return frame.payload
    }

    /// The next frame, which is a method on this channel.
    @discardableResult
    func nextMethod(on channel: UInt16, sourceLocation: SourceLocation = #_sourceLocation) async throws -> AMQPMethod {
        let payload = try await self.nextFrame(on: channel, sourceLocation: sourceLocation)
        guard case .method(let method) = payload else { throw Unexpected(event: "\(payload)", sourceLocation: sourceLocation) }
        return method
    }

    /// The next frames, which are a published message.
    func nextMessage(on channel: UInt16 = 1, sourceLocation: SourceLocation = #_sourceLocation) async throws -> Published {
        guard case .basicPublish(let method) = try await self.nextMethod(on: channel, sourceLocation: sourceLocation),
            case .header(let header) = try await self.nextFrame(on: channel, sourceLocation: sourceLocation)
        else { throw Unexpected(event: "no message", sourceLocation: sourceLocation) }
        var message = Published(method: method, properties: header.properties, body: [], bodyFrames: 0)
        while message.body.count < header.bodySize {
            guard case .body(let part) = try await self.nextFrame(on: channel, sourceLocation: sourceLocation) else {
                throw Unexpected(event: "no body", sourceLocation: sourceLocation)
            }
            message.body += part
            message.bodyFrames += 1
        }
        return message
    }

    // MARK: What the broker does

    func send(_ method: AMQPMethod, on channel: UInt16 = 1) throws {
        var bytes: [UInt8] = []
        try self.encoder.encode(method, channel: channel, into: &bytes)
        self.stream.handler.streamReceived(bytes.span)
    }

    func send(
        _ method: some AMQPMethodArguments, body: [UInt8], properties: AMQPProperties = AMQPProperties(), on channel: UInt16 = 1
    ) throws {
        var bytes: [UInt8] = []
        try self.encoder.encode(method, properties: properties, body: body, channel: channel, into: &bytes)
        self.stream.handler.streamReceived(bytes.span)
    }

    func deliver(_ tag: UInt64, body: [UInt8] = [1], to consumer: String = "lamassu-1", on channel: UInt16 = 1) throws {
        try self.send(
            BasicDeliver(consumerTag: consumer, deliveryTag: tag, exchange: "x", routingKey: "k"), body: body, on: channel)
    }

    func ack(_ tag: UInt64, multiple: Bool = false, on channel: UInt16 = 1) throws {
        try self.send(.basicAck(BasicAck(deliveryTag: tag, multiple: multiple)), on: channel)
    }

    /// Sends bytes at once, or in pieces of a size.
    func sendBytes(_ bytes: [UInt8], inPiecesOf size: Int? = nil) {
        var start = 0
        while start < bytes.count {
            let piece = Array(bytes[start..<min(bytes.count, start + (size ?? bytes.count))])
            self.stream.handler.streamReceived(piece.span)
            start += piece.count
        }
    }

    /// Lets time pass, and the client's timer fire if it is due.
    func advance(by duration: Duration) {
        self.clock.advance(by: duration)
        if let deadline = self.stream.deadline, deadline <= self.clock.now {
            self.stream.setDeadline(nil)
            self.stream.handler.streamDeadlinePassed()
        }
    }

    // MARK: Longer steps

    /// Takes the protocol header and greets.
    func greet(mechanisms: String = "PLAIN AMQPLAIN") async throws {
        guard case .protocolHeader(.current) = try await self.nextFrame(on: 0) else { throw Unexpected(event: "no header") }
        let properties: AMQPTable = ["product": "ScriptedBroker", "version": "1"]
        try self.send(
            .connectionStart(ConnectionStart(serverProperties: properties, mechanisms: mechanisms, locales: "en_US")), on: 0)
    }

    /// Does the whole handshake and returns the client's answer to the greeting.
    @discardableResult
    func handshake(tune: ConnectionTune = ConnectionTune(channelMax: 10, frameMax: 131_072, heartbeat: 60)) async throws
        -> ConnectionStartOk
    {
        try await self.greet()
        guard case .connectionStartOk(let startOk) = try await self.nextMethod(on: 0) else { throw Unexpected(event: "no start-ok") }
        try self.send(.connectionTune(tune), on: 0)
        try await self.nextMethod(on: 0)
        try await self.nextMethod(on: 0)
        try self.send(.connectionOpenOk(ConnectionOpenOk()), on: 0)
        return startOk
    }

    /// Takes a request on a channel and answers it.
    @discardableResult
    func answer(with reply: AMQPMethod, on channel: UInt16 = 1, sourceLocation: SourceLocation = #_sourceLocation) async throws
        -> AMQPMethod
    {
        let method = try await self.nextMethod(on: channel, sourceLocation: sourceLocation)
        try self.send(reply, on: channel)
        return method
    }

    func openChannel(_ channel: UInt16 = 1) async throws {
        try await self.answer(with: .channelOpenOk(ChannelOpenOk()), on: channel)
    }

    func openPublisher(_ channel: UInt16 = 1) async throws {
        try await self.openChannel(channel)
        try await self.answer(with: .confirmSelectOk(ConfirmSelectOk()), on: channel)
    }

    func openConsumer(_ channel: UInt16 = 1) async throws {
        try await self.openChannel(channel)
        try await self.startConsumer(on: channel)
    }

    func startConsumer(_ tag: String = "lamassu-1", on channel: UInt16 = 1) async throws {
        try await self.answer(with: .basicQosOk(BasicQosOk()), on: channel)
        try await self.answer(with: .basicConsumeOk(BasicConsumeOk(consumerTag: tag)), on: channel)
    }

    /// Waits until the client closes the stream; returns the `connection.close` that it has sent before, if it has.
    func closeOfConnection() async throws -> ConnectionClose? {
        var close: ConnectionClose?
        while true {
            switch await self.stream.nextEvent() {
            case .frame(let frame): if case .method(.connectionClose(let method)) = frame.payload { close = method }
            case .closed, .aborted: return close
            }
        }
    }

    /// Agrees to whatever ends, until the stream is closed; returns all that came before the ends.
    @discardableResult
    func serveUntilClosed() async throws -> [AMQPMethod] {
        var methods: [AMQPMethod] = []
        while true {
            switch await self.stream.nextEvent() {
            case .closed, .aborted:
                self.stream.handler.streamClosed(nil)
                return methods
            case .frame(let frame):
                guard case .method(let method) = frame.payload else { continue }
                switch method {
                case .channelClose: try self.send(.channelCloseOk(ChannelCloseOk()), on: frame.channel)
                case .connectionClose: try self.send(.connectionCloseOk(ConnectionCloseOk()), on: 0)
                case .basicCancel(let cancel):
                    try self.send(.basicCancelOk(BasicCancelOk(consumerTag: cancel.consumerTag)), on: frame.channel)
                default: methods.append(method)
                }
            }
        }
    }

    /// The client did something else than the script expects.
    struct Unexpected: Error, CustomStringConvertible {
        var description: String

        init(event: some Any, sourceLocation: SourceLocation? = nil) {
            self.description = "the script at line \(sourceLocation?.line ?? 0) did not expect \(event)"
        }
    }
}
