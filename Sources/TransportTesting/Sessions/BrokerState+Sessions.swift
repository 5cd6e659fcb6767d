// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

extension BrokerState {
    /// Closes a connection with a reason; it ends when the client agrees.
    mutating func closeSession(_ id: SessionID, _ refusal: BrokerRefusal, _ method: AMQPMethodID) {
        self.emptySession(id)
        self.sessions[id]?.phase = .closing
        self.send(
            .connectionClose(
                ConnectionClose(
                    replyCode: refusal.replyCode, replyText: refusal.replyText, classID: method.classID, methodID: method.methodID)),
            to: id)
    }

    /// Ends a connection in order: what was sent arrives, then the stream is closed.
    mutating func endSession(_ id: SessionID) {
        guard let phase = self.sessions[id]?.phase, phase != .ended else { return }
        self.emptySession(id)
        self.sessions[id]?.phase = .ended
        self.handOver(id)
        self.add(.close(id, isOrderly: true))
    }

    /// Cuts a connection off.
    mutating func abandonSession(_ id: SessionID) {
        guard let phase = self.sessions[id]?.phase, phase != .ended else { return }
        self.emptySession(id)
        self.sessions[id]?.phase = .ended
        self.sessions[id]?.output = []
        self.add(.close(id, isOrderly: false))
    }

    /// Ends all that lives with a connection: its channels, and the queues that are its alone.
    private mutating func emptySession(_ id: SessionID) {
        for address in self.channels.keys.filter({ $0.session == id }).sorted(by: { $0.number < $1.number }) {
            self.emptyChannel(address)
            self.channels[address] = nil
        }
        for name in self.queues.filter({ $0.value.declaration.owner == id }).map(\.key).sorted() { self.removeQueue(name) }
    }

    /// Ends all that lives with a channel: its consumers, and what it has not acknowledged goes back.
    mutating func emptyChannel(_ address: ChannelAddress) {
        guard let channel = self.channels[address] else { return }
        self.channels[address]?.isOpen = false
        if let token = channel.replyConsumer?.token { self.replyChannels[token] = nil }
        var deliveries = channel.unacknowledged
        if case .transactional(let transaction) = channel.mode { deliveries += transaction.settlements.flatMap(\.deliveries) }
        self.channels[address]?.unacknowledged = []
        self.requeue(deliveries.sorted { $0.deliveryTag < $1.deliveryTag })
        for tag in channel.consumers.keys.sorted() { self.removeConsumer(tag, of: address) }
    }

    /// Tells clients the fate of what they have published, as few words as possible: several together where they are of one fate.
    mutating func flushConfirms(of id: SessionID) {
        for address in self.channels.keys.filter({ $0.session == id }).sorted(by: { $0.number < $1.number }) {
            guard self.channels[address]?.pendingConfirms.isEmpty == false else { continue }
            for run in self.channels[address]?.takePendingConfirms() ?? [] {
                self.send(
                    run.isAccepted
                        ? .basicAck(BasicAck(deliveryTag: run.lastTag, multiple: run.count > 1))
                        : .basicNack(BasicNack(deliveryTag: run.lastTag, multiple: run.count > 1, requeue: false)),
                    on: address)
            }
        }
    }
}
