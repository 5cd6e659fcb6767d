// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire

/// What a test does to the broker.
extension BrokerState {
    /// Time was moved on by a test: heartbeats do not count it.
    mutating func leapt(by duration: Duration, to moment: Moment) {
        for id in self.orderedSessions {
            self.sessions[id]?.lastReceived += duration
            self.sessions[id]?.lastSent += duration
        }
        self.timePassed(at: moment)
    }

    // MARK: Blocking

    /// From now on a connection is blocked when it publishes, as under RabbitMQ's memory alarm.
    mutating func block(_ reason: String, at moment: Moment) {
        self.advance(to: moment)
        self.blockReason = reason
    }

    /// A connection has published: the message is taken, and under an alarm it is the last one.
    mutating func blockIfAsked(_ id: SessionID) {
        guard let reason = self.blockReason, let session = self.sessions[id], session.phase == .open else { return }
        self.sessions[id]?.isBlocked = true
        if session.understandsBlocked {
            self.send(.connectionBlocked(ConnectionBlocked(reason: BrokerRefusal.shortened(reason))), to: id)
        }
    }

    mutating func unblock(at moment: Moment) {
        self.advance(to: moment)
        self.blockReason = nil
        for id in self.orderedSessions where self.sessions[id]?.isBlocked == true {
            self.sessions[id]?.isBlocked = false
            if self.sessions[id]?.understandsBlocked == true { self.send(.connectionUnblocked(ConnectionUnblocked()), to: id) }
            let held = self.sessions[id]?.heldInput ?? []
            self.sessions[id]?.heldInput = []
            _ = self.received(held.span, from: id, at: moment)
            if held.count >= BrokerLimits.heldInput { self.add(.resumeWriting(id)) }
        }
    }

    // MARK: Ends

    private var orderedSessions: [SessionID] { self.sessions.keys.sorted { $0.rawValue < $1.rawValue } }

    /// Cuts all connections off.
    mutating func dropConnections(at moment: Moment) {
        self.advance(to: moment)
        for id in self.orderedSessions { self.abandonSession(id) }
        self.settle()
    }

    /// Closes all open connections with a reason, as an operator does.
    mutating func closeConnections(_ reason: String, at moment: Moment) {
        self.advance(to: moment)
        for id in self.orderedSessions where self.sessions[id]?.phase == .open {
            self.closeSession(id, BrokerRefusal(.connectionForced, reason), AMQPMethodID(classID: 0, methodID: 0))
        }
        self.settle()
    }

    /// Ends all connections and forgets what a restart does not keep: what is not durable, and messages that are not persistent.
    mutating func stop(at moment: Moment) {
        self.closeConnections("broker forced connection closure with reason 'shutdown'", at: moment)
        for id in self.orderedSessions { self.endSession(id) }
        self.blockReason = nil
        for (name, queue) in self.queues {
            guard queue.declaration.isDurable else {
                self.queues[name] = nil
                continue
            }
            var kept = MessageQueue(queue.declaration, at: moment.instant)
            kept.restore(queue.ready.all.filter { $0.message.isPersistent || queue.declaration.arguments.isQuorum })
            self.queues[name] = kept
        }
        self.exchanges = self.exchanges.filter(\.value.isDurable)
        let (exchanges, queues) = (self.exchanges, self.queues)
        self.bindings.filter { binding in
            guard exchanges[binding.source] != nil else { return false }
            return switch binding.destination {
            case .queue(let name): queues[name] != nil
            case .exchange(let name): exchanges[name] != nil
            }
        }
    }
}
