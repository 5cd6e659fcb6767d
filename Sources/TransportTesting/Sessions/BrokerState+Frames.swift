// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// A client wrote bytes; returns whether it should go on, or wait to be told.
    mutating func received(_ bytes: Span<UInt8>, from id: SessionID, at moment: Moment) -> Bool {
        self.advance(to: moment)
        guard let session = self.sessions[id], session.phase != .ended else { return true }
        self.sessions[id]?.lastReceived = moment.instant
        guard !session.isBlocked else { return self.hold(bytes, of: id) }
        let decoder = session.decoder
        var offset = 0
        do throws(AMQPWireError) {
            while let frame = try decoder.value.next(in: bytes, at: &offset) {
                self.frameReceived(frame, from: id)
                self.settle()
                guard let session = self.sessions[id], session.phase != .ended else { return true }
                if session.isBlocked {
                    self.flushConfirms(of: id)
                    return self.hold(bytes.extracting(offset...), of: id)
                }
            }
        } catch {
            self.decodingFailed(error, from: id)
        }
        self.flushConfirms(of: id)
        return true
    }

    /// Keeps what a client wrote that is blocked.
    private mutating func hold(_ bytes: Span<UInt8>, of id: SessionID) -> Bool {
        var held = self.sessions[id]?.heldInput ?? []
        self.sessions[id]?.heldInput = []
        held.reserveCapacity(held.count + bytes.count)
        for index in bytes.indices { held.append(bytes[index]) }
        self.sessions[id]?.heldInput = held
        if held.count > BrokerLimits.backlog { self.abandonSession(id) }
        return held.count < BrokerLimits.heldInput
    }

    private mutating func decodingFailed(_ error: AMQPWireError, from id: SessionID) {
        switch self.sessions[id]?.phase {
        case .open?:
            // Nothing more can be decoded, not even the client's agreement: the stream is closed at once.
            self.closeSession(id, BrokerRefusal(error.replyCode, error.message), AMQPMethodID(classID: 0, methodID: 0))
            self.endSession(id)
        case .awaitingHeader?:
            if var output = self.sessions[id]?.output {
                FrameEncoder.encodeProtocolHeader(into: &output)
                self.sessions[id]?.output = output
            }
            self.endSession(id)
        default:
            self.endSession(id)
        }
    }

    private mutating func frameReceived(_ frame: AMQPFrame, from id: SessionID) {
        guard let phase = self.sessions[id]?.phase else { return }
        switch (phase, frame.payload) {
        case (.ended, _): break
        case (.closing, .method(let method)) where frame.channel == 0: self.receivedWhileClosing(method, from: id)
        case (.closing, _): break
        case (.open, .heartbeat): break
        case (.open, let payload):
            if frame.channel == 0 {
                self.receivedOnConnection(payload, from: id)
            } else {
                self.received(payload, on: ChannelAddress(session: id, number: frame.channel))
            }
        case (_, .heartbeat): break
        case (_, .protocolHeader(let version)): self.receivedHeader(version, from: id)
        case (_, .method(let method)) where frame.channel == 0: self.receivedInHandshake(method, from: id)
        default: self.endSession(id)
        }
    }

    private mutating func receivedWhileClosing(_ method: AMQPMethod, from id: SessionID) {
        switch method {
        case .connectionCloseOk: self.endSession(id)
        case .connectionClose:
            self.send(.connectionCloseOk(ConnectionCloseOk()), to: id)
            self.endSession(id)
        default: break
        }
    }

    private mutating func receivedOnConnection(_ payload: AMQPFrame.Payload, from id: SessionID) {
        guard case .method(let method) = payload else {
            return self.closeSession(
                id, BrokerRefusal(.unexpectedFrame, "a content on channel 0"), AMQPMethodID(classID: 0, methodID: 0))
        }
        switch method {
        case .connectionClose:
            self.flushConfirms(of: id)
            self.send(.connectionCloseOk(ConnectionCloseOk()), to: id)
            self.endSession(id)
        case .connectionUpdateSecret: self.send(.connectionUpdateSecretOk(ConnectionUpdateSecretOk()), to: id)
        default: self.closeSession(id, BrokerRefusal(.commandInvalid, "unexpected method in connection state running"), method.id)
        }
    }

    private mutating func received(_ payload: AMQPFrame.Payload, on address: ChannelAddress) {
        guard let isOpen = self.channels[address]?.isOpen else { return self.receivedOnUnknownChannel(payload, address) }
        guard isOpen else {
            switch payload {
            case .method(.channelCloseOk): self.channels[address] = nil
            case .method(.channelClose):
                self.send(.channelCloseOk(ChannelCloseOk()), on: address)
                self.channels[address] = nil
            default: break
            }
            return
        }
        var methodID = BasicPublish.id
        do throws(BrokerRefusal) {
            switch payload {
            case .method(let method):
                methodID = method.id
                try self.checkNoContentPending(on: address)
                try self.perform(method, on: address)
            case .header(let header): try self.receivedHeader(header, on: address)
            case .body(let part): try self.receivedBody(part, on: address)
            case .heartbeat, .protocolHeader: break
            }
        } catch {
            self.refuse(error, methodID, on: address)
        }
    }

    private mutating func receivedOnUnknownChannel(_ payload: AMQPFrame.Payload, _ address: ChannelAddress) {
        let id = address.session
        switch payload {
        case .method(.channelOpen):
            let maximum = self.sessions[id]?.maximumChannels ?? 0
            guard self.channels.keys.count(where: { $0.session == id }) < maximum else {
                return self.closeSession(
                    id,
                    BrokerRefusal(
                        .notAllowed, "number of channels opened (\(maximum)) has reached the negotiated channel_max (\(maximum))"),
                    ChannelOpen.id)
            }
            self.channels[address] = SessionChannel()
            self.send(.channelOpenOk(ChannelOpenOk()), on: address)
        case .method(.channelCloseOk): break
        case .method(let method): self.closeSession(id, BrokerRefusal(.channelError, "expected 'channel.open'"), method.id)
        default:
            self.closeSession(id, BrokerRefusal(.channelError, "expected 'channel.open'"), AMQPMethodID(classID: 0, methodID: 0))
        }
    }

    /// Tells a client what is refused, by the end of its channel or of its connection.
    private mutating func refuse(_ refusal: BrokerRefusal, _ method: AMQPMethodID, on address: ChannelAddress) {
        self.flushConfirms(of: address.session)
        guard !refusal.isConnectionError else { return self.closeSession(address.session, refusal, method) }
        self.emptyChannel(address)
        self.channels[address] = SessionChannel()
        self.channels[address]?.isOpen = false
        self.send(
            .channelClose(
                ChannelClose(
                    replyCode: refusal.replyCode, replyText: refusal.replyText, classID: method.classID, methodID: method.methodID)),
            on: address)
    }
}
