// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// The client's first eight octets.
    mutating func receivedHeader(_ version: AMQPProtocolVersion, from id: SessionID) {
        guard self.sessions[id]?.phase == .awaitingHeader, version == .current else {
            if var output = self.sessions[id]?.output {
                FrameEncoder.encodeProtocolHeader(into: &output)
                self.sessions[id]?.output = output
            }
            return self.endSession(id)
        }
        self.sessions[id]?.phase = .awaitingStartOk
        let capabilities = [
            "publisher_confirms", "exchange_exchange_bindings", "basic.nack", "consumer_cancel_notify", "connection.blocked",
            "consumer_priorities", "authentication_failure_close", "per_consumer_qos", "direct_reply_to",
        ]
        let properties: AMQPTable = [
            "capabilities": .table(AMQPTable(capabilities.map { ($0, true) })), "cluster_name": "in-memory",
            "product": "InMemoryBroker", "platform": "Swift", "version": "3.10.8",
        ]
        self.send(
            .connectionStart(ConnectionStart(serverProperties: properties, mechanisms: "PLAIN AMQPLAIN", locales: "en_US")), to: id)
    }

    /// A method of a connection that is not open yet.
    ///
    /// What is out of order ends it without a word, as in RabbitMQ.
    mutating func receivedInHandshake(_ method: AMQPMethod, from id: SessionID) {
        switch (self.sessions[id]?.phase, method) {
        case (.awaitingStartOk?, .connectionStartOk(let method)): self.authenticate(method, id)
        case (.awaitingTuneOk?, .connectionTuneOk(let method)): self.tune(method, id)
        case (.awaitingOpen?, .connectionOpen(let method)): self.enter(method, id)
        default: self.endSession(id)
        }
    }

    private mutating func authenticate(_ method: ConnectionStartOk, _ id: SessionID) {
        let capabilities = method.clientProperties["capabilities"]?.tableValue ?? [:]
        func can(_ capability: String) -> Bool { capabilities[capability]?.boolValue ?? false }
        self.sessions[id]?.understandsAuthenticationFailure = can("authentication_failure_close")
        self.sessions[id]?.understandsConsumerCancel = can("consumer_cancel_notify")
        self.sessions[id]?.understandsBlocked = can("connection.blocked")
        self.sessions[id]?.name = method.clientProperties["connection_name"]?.stringValue
        let login: SASLLogin? =
            switch method.mechanism {
            case "PLAIN": SASLLogin(plain: method.response.bytes)
            case "AMQPLAIN": SASLLogin(amqplain: method.response.bytes)
            default: nil
            }
        guard let login, let password = self.users[login.user], password == login.password else {
            guard can("authentication_failure_close") else { return self.endSession(id) }
            return self.closeSession(
                id,
                BrokerRefusal(
                    .accessRefused,
                    "Login was refused using authentication mechanism \(method.mechanism). For details see the broker logfile."),
                AMQPMethodID(classID: 0, methodID: 0))
        }
        self.sessions[id]?.user = login.user
        self.sessions[id]?.phase = .awaitingTuneOk
        self.send(
            .connectionTune(
                ConnectionTune(channelMax: BrokerLimits.channels, frameMax: BrokerLimits.frame, heartbeat: BrokerLimits.heartbeat)),
            to: id)
    }

    private mutating func tune(_ method: ConnectionTuneOk, _ id: SessionID) {
        guard (4096...BrokerLimits.frame).contains(method.frameMax), (1...BrokerLimits.channels).contains(method.channelMax) else {
            return self.endSession(id)
        }
        self.sessions[id]?.encoder = FrameEncoder(maximumFrameSize: method.frameMax)
        self.sessions[id]?.decoder.value.maximumFrameSize = Int(method.frameMax)
        self.sessions[id]?.maximumChannels = Int(method.channelMax)
        self.sessions[id]?.heartbeatInterval = method.heartbeat == 0 ? nil : .seconds(Int(method.heartbeat)) / 2
        self.sessions[id]?.phase = .awaitingOpen
    }

    private mutating func enter(_ method: ConnectionOpen, _ id: SessionID) {
        guard method.virtualHost == self.virtualHost else {
            return self.closeSession(
                id, BrokerRefusal(.notAllowed, "vhost \(method.virtualHost) not found"), ConnectionOpen.id)
        }
        self.sessions[id]?.phase = .open
        self.send(.connectionOpenOk(ConnectionOpenOk()), to: id)
    }
}
