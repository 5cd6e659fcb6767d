// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// The broker: exchanges, queues, connections.
///
/// It does no I/O and knows no clock.
///
/// What happens is told by calls in the past tense, each with its time; what follows for the streams is fetched by ``takeActions()``.
/// Bytes of a client cannot make it trap; what they may cost is bounded by ``BrokerLimits``.
struct BrokerState: ~Copyable {
    let users: [String: String]
    let virtualHost: String
    var exchanges: [String: Exchange] = [:]
    var bindings = BindingTable()
    var queues: [String: MessageQueue] = [:]
    var sessions: [SessionID: Session] = [:]
    var channels: [ChannelAddress: SessionChannel] = [:]
    /// The channels that wait for direct replies, by their tokens.
    var replyChannels: [String: ChannelAddress] = [:]
    /// Dead letters on their way.
    var deadLetters = FIFOQueue<(BrokerMessage, DeathHistory.Reason)>()
    /// Queues that may have a message for a consumer.
    var queuesToServe: [String] = []
    /// Why connections that publish are blocked; `nil` when they are not.
    var blockReason: String?
    /// The time of what is happening.
    private(set) var moment: Moment
    private var actions: [BrokerAction] = []
    private var lastNumber: UInt64 = 0

    init(users: [String: String], virtualHost: String, at moment: Moment) {
        self.users = users
        self.virtualHost = virtualHost
        self.moment = moment
        for exchange in Exchange.predeclared { self.exchanges[exchange.name] = exchange }
    }

    var now: ContinuousClock.Instant { self.moment.instant }

    mutating func nextNumber() -> UInt64 {
        self.lastNumber += 1
        return self.lastNumber
    }

    mutating func advance(to moment: Moment) { self.moment = moment }

    // MARK: What happens

    /// A client connected.
    mutating func connected(at moment: Moment) -> SessionID {
        self.moment = moment
        let id = SessionID(rawValue: self.nextNumber())
        self.sessions[id] = Session(at: moment.instant)
        return id
    }

    /// A client's stream is gone.
    mutating func disconnected(_ id: SessionID, at moment: Moment) {
        self.moment = moment
        self.endSession(id)
        self.sessions[id] = nil
        self.settle()
    }

    /// A client has read what was passed on to it.
    mutating func bytesRead(_ count: Int, by id: SessionID, at moment: Moment) {
        self.moment = moment
        guard let session = self.sessions[id] else { return }
        self.sessions[id]?.unreadBytes -= count
        if !session.takesDeliveries, self.sessions[id]?.takesDeliveries == true {
            for (address, channel) in self.channels where address.session == id {
                for queue in channel.consumers.values.sorted() { self.needsDelivery(queue) }
            }
            self.settle()
        }
    }

    /// Time has passed, up to a deadline or not.
    mutating func timePassed(at moment: Moment) {
        self.moment = moment
        for name in self.queues.keys.sorted() {
            if let expiry = self.queues[name]?.expiry, expiry <= moment.instant {
                self.removeQueue(name)
            } else {
                self.dropExpired(from: name)
            }
        }
        for id in self.sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { self.keepAlive(id) }
        self.settle()
    }

    /// When ``timePassed(at:)`` has something to do next.
    func nextDeadline() -> ContinuousClock.Instant? {
        var deadlines = self.queues.values.flatMap { [$0.expiry, $0.ready.first?.expiry] }
        deadlines += self.sessions.values.map(\.nextDeadline)
        return deadlines.compactMap { $0 }.min()
    }

    // MARK: What follows

    mutating func add(_ action: BrokerAction) { self.actions.append(action) }

    /// What is left to do, in this order.
    mutating func takeActions() -> [BrokerAction] {
        for id in self.sessions.keys.sorted(by: { $0.rawValue < $1.rawValue }) { self.handOver(id) }
        defer { self.actions = [] }
        return self.actions
    }

    /// Makes an action of what was encoded for a client.
    mutating func handOver(_ id: SessionID) {
        guard let count = self.sessions[id]?.output.count, count > 0, let bytes = self.sessions[id]?.output else { return }
        self.sessions[id]?.output = []
        self.sessions[id]?.unreadBytes += count
        self.actions.append(.send(id, bytes))
    }
}
