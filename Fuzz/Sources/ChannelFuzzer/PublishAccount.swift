// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

/// What a channel's publishes must come to, kept as plainly as can be: every message that was ever sent stays in a list.
struct PublishAccount {
    struct Message {
        /// Who waits; `nil` when nobody does any more.
        var id: RequestID?
        var identity: MessageIdentity?
        var isSettled = false
        /// Whether it was sent on a connection that is lost.
        var wasSent = false
        var returned: ReturnedMessage?
    }

    /// How many tags the window spans; `nil` without confirm mode, when a message that was sent is done with.
    var limit: Int?
    /// All messages that were sent; the delivery tag is the index and one.
    private(set) var sent: [Message] = []
    /// Those that wait to be sent, the first to go first.
    private(set) var waiting: [Message] = []

    /// How many tags the window spans.
    var span: Int { self.sent.count - (self.sent.firstIndex { !$0.isSettled } ?? self.sent.count) }

    /// Whether a message that waits may be sent.
    func canSend(isGateOpen: Bool) -> Bool { isGateOpen && self.limit.map { self.span < $0 } ?? true }

    mutating func send(_ message: Message) { self.sent.append(message) }
    mutating func wait(_ message: Message) { self.waiting.append(message) }

    mutating func sendFirst() -> Message {
        let message = self.waiting.removeFirst()
        if self.limit != nil { self.sent.append(message) }
        return message
    }

    mutating func takeBackLast() -> RequestID? { self.sent.removeLast().id }

    /// Forgets one who waits; says whether the message was sent.
    mutating func forget(_ id: RequestID) -> Bool? {
        if let index = self.waiting.firstIndex(where: { $0.id == id }) {
            return self.waiting.remove(at: index).wasSent
        }
        guard let index = self.sent.firstIndex(where: { $0.id == id }) else { return nil }
        self.sent[index].id = nil
        return true
    }

    /// The connection is lost: returns who has to be told of a return, and how many messages are to be sent again.
    mutating func suspend(isRepublishing: Bool) -> (
        settlements: [PublishSettlement], republishedCount: Int
    ) {
        var settlements: [PublishSettlement] = []
        var again: [Message] = []
        for (index, message) in self.sent.enumerated() where !message.isSettled {
            guard let id = message.id else { continue }
            if let returned = message.returned {
                settlements.append(PublishSettlement(id, failure: .returned(returned)))
                self.sent[index].id = nil
            } else if isRepublishing {
                again.append(Message(id: id, identity: message.identity, wasSent: true))
                self.sent[index].id = nil
            }
        }
        self.waiting = again + self.waiting
        return (settlements, again.count)
    }

    /// The lost connection's messages are gone; those who wait for them were told.
    mutating func forgetSent() { self.sent = [] }

    /// What a return comes to; `nil` when it is one of nothing that was sent.
    mutating func returned(_ message: ReturnedMessage, messageID: String) -> Bool {
        let identity = MessageIdentity(
            exchange: message.exchange, routingKey: message.routingKey, messageID: messageID)
        let indices = self.sent.indices.filter {
            !self.sent[$0].isSettled && self.sent[$0].identity == identity
        }
        for index in indices where self.sent[index].returned == nil {
            self.sent[index].returned = message
        }
        return !indices.isEmpty
    }

    /// What a confirm comes to; `nil` when it breaks the protocol.
    mutating func confirmed(_ tag: UInt64, multiple: Bool, isAcknowledged: Bool)
        -> [PublishSettlement]?
    {
        let isAll = multiple && tag == 0
        guard isAll || (tag > 0 && tag <= UInt64(self.sent.count)) else { return nil }
        let last = isAll ? self.sent.count : Int(tag)
        let first = multiple ? 0 : last - 1
        if !multiple, self.sent[first].isSettled { return nil }
        var settlements: [PublishSettlement] = []
        for index in first..<last where !self.sent[index].isSettled {
            self.sent[index].isSettled = true
            guard let id = self.sent[index].id else { continue }
            let failure =
                self.sent[index].returned.map(AMQPFailure.returned) ?? (isAcknowledged ? nil : .nacked)
            settlements.append(PublishSettlement(id, failure: failure))
            self.sent[index].id = nil
        }
        return settlements
    }
}
