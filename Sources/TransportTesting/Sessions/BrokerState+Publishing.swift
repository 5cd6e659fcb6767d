// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    // MARK: Content

    func checkNoContentPending(on address: ChannelAddress) throws(BrokerRefusal) {
        switch self.channels[address]?.content {
        case nil, .none?: return
        case .awaitingHeader?:
            throw BrokerRefusal(.unexpectedFrame, "expected content header for class 60, got non content header frame instead")
        case .awaitingBody?: throw BrokerRefusal(.unexpectedFrame, "expected content body, got non content body frame instead")
        }
    }

    mutating func receivedHeader(_ header: AMQPContentHeader, on address: ChannelAddress) throws(BrokerRefusal) {
        guard case .awaitingHeader(let method)? = self.channels[address]?.content else {
            throw BrokerRefusal(.unexpectedFrame, "expected method frame, got content header frame instead")
        }
        self.channels[address]?.content = .none
        guard header.bodySize <= UInt64(BrokerLimits.body) else {
            throw BrokerRefusal(
                .preconditionFailed, "message size \(header.bodySize) is larger than configured max size \(BrokerLimits.body)")
        }
        if header.bodySize == 0 { return try self.publish(method, header.properties, [], on: address) }
        self.channels[address]?.content = .awaitingBody(method, header, received: [])
    }

    mutating func receivedBody(_ part: [UInt8], on address: ChannelAddress) throws(BrokerRefusal) {
        guard case .awaitingBody(let method, let header, var body)? = self.channels[address]?.content else {
            throw BrokerRefusal(.unexpectedFrame, "expected method frame, got content body frame instead")
        }
        self.channels[address]?.content = .none
        guard UInt64(body.count + part.count) <= header.bodySize else {
            throw BrokerRefusal(.unexpectedFrame, "content body larger than its header says")
        }
        if body.isEmpty { body = part } else { body += part }
        if UInt64(body.count) == header.bodySize {
            try self.publish(method, header.properties, body, on: address)
        } else {
            self.channels[address]?.content = .awaitingBody(method, header, received: body)
        }
    }

    // MARK: Publishing

    private mutating func publish(
        _ method: BasicPublish, _ properties: AMQPProperties, _ body: [UInt8], on address: ChannelAddress
    ) throws(BrokerRefusal) {
        var properties = properties
        guard let user = self.sessions[address.session]?.user else { return }
        let exchange = try self.exchange(named: method.exchange)
        guard !exchange.isInternal else {
            throw BrokerRefusal(.accessRefused, "cannot publish to internal \(self.describe(exchange: exchange.name))")
        }
        guard !method.immediate else { throw BrokerRefusal(.notImplemented, "immediate=true") }
        if let claimed = properties.userID, claimed != user {
            throw BrokerRefusal(
                .preconditionFailed, "user_id property set to '\(claimed)' but authenticated user was '\(user)'")
        }
        if let expiration = properties.expiration {
            guard let milliseconds = Int64(expiration), (0...3_153_600_000_000).contains(milliseconds) else {
                throw BrokerRefusal(.preconditionFailed, "invalid expiration '\(expiration)'")
            }
        }
        try self.replaceReplyAddress(in: &properties, on: address)
        let message = try BrokerMessage(exchange: method.exchange, routingKey: method.routingKey, properties: properties, body: body)
        self.deliverReplies(message)
        let publish = Transaction.Publish(message: message, queues: self.route(message), isMandatory: method.mandatory)
        if case .transactional(var transaction)? = self.channels[address]?.mode {
            self.channels[address]?.mode = .plain
            transaction.publishes.append(publish)
            self.channels[address]?.mode = .transactional(transaction)
        } else {
            let isAccepted = self.carryOut(publish, on: address)
            if self.channels[address]?.isConfirming == true { self.channels[address]?.confirm(isAccepted: isAccepted) }
        }
        self.blockIfAsked(address.session)
    }

    /// Puts a message into its queues, or returns it; says whether all of them took it.
    private mutating func carryOut(_ publish: Transaction.Publish, on address: ChannelAddress) -> Bool {
        let message = publish.message
        if publish.isMandatory, publish.queues.isEmpty {
            self.send(
                BasicReturn(replyCode: .noRoute, replyText: "NO_ROUTE", exchange: message.exchange, routingKey: message.routingKey),
                properties: message.properties, body: message.body, on: address)
        }
        var isAccepted = true
        for queue in publish.queues where !self.enqueue(message, in: queue) { isAccepted = false }
        return isAccepted
    }

    /// A message of a test, past all connections; says whether a queue took it.
    mutating func inject(_ message: BrokerMessage, at moment: Moment) throws(BrokerRefusal) -> Bool {
        self.advance(to: moment)
        _ = try self.exchange(named: message.exchange)
        let queues = self.route(message)
        var isAccepted = !queues.isEmpty
        for queue in queues where !self.enqueue(message, in: queue) { isAccepted = false }
        self.settle()
        return isAccepted
    }

    // MARK: Transactions

    mutating func performOnTransaction(_ method: AMQPMethod, on address: ChannelAddress) throws(BrokerRefusal) {
        guard let mode = self.channels[address]?.mode else { return }
        switch (method, mode) {
        case (.txSelect, .confirming): throw BrokerRefusal(.preconditionFailed, "cannot switch from confirm to tx mode")
        case (.txSelect, .plain):
            self.channels[address]?.mode = .transactional(Transaction())
            self.send(.txSelectOk(TxSelectOk()), on: address)
        case (.txSelect, .transactional): self.send(.txSelectOk(TxSelectOk()), on: address)
        case (.txCommit, .transactional(let transaction)):
            self.channels[address]?.mode = .transactional(Transaction())
            for publish in transaction.publishes { _ = self.carryOut(publish, on: address) }
            for settlement in transaction.settlements { self.finish(settlement.deliveries, as: settlement.outcome, on: address) }
            self.send(.txCommitOk(TxCommitOk()), on: address)
        case (.txRollback, .transactional(let transaction)):
            self.channels[address]?.mode = .transactional(Transaction())
            self.channels[address]?.restore(transaction.settlements.flatMap(\.deliveries))
            self.send(.txRollbackOk(TxRollbackOk()), on: address)
        default: throw BrokerRefusal(.preconditionFailed, "channel is not transactional")
        }
    }
}
