// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

/// A channel's life as the fuzzer's bytes tell it, beside a plain account of what must hold at each step.
///
/// Some steps are the users', some the broker's; the broker's own are right in one half of them and arbitrary in the other.
struct ChannelStory: ~Copyable {
    static let maximumBodyBytes = 64

    enum Life { case opening, open, closing, closed }

    var script: Script
    var machine = ChannelStateMachine(maximumBodyBytes: Self.maximumBodyBytes)
    var now = ContinuousClock.now
    var life = Life.opening
    var publishes = PublishAccount()
    var deliveries = DeliveryAccount()
    var isFlowActive = true
    var isConfirming = false
    /// Those who wait, and what for.
    var waiting: [RequestID: Wait] = [:]
    /// The methods that the broker has not answered.
    var unanswered: [AMQPMethod] = []
    /// The content whose frames are coming, and what of its body is to come.
    var content: (method: AMQPMethod, messageID: String?, rest: Int?)?
    private var lastID: UInt64 = 0
    var lastDelivery: UInt64 = 0

    enum Wait: Equatable {
        case reply
        case confirm
        case delivery(of: String)
    }

    init(_ script: Script) {
        self.script = script
        let id = self.newID(.reply)
        self.send(self.machine.openRequested(id, deadline: self.now + .seconds(5)))
        // Most stories are about an open channel.
        if self.script.number(below: 8) > 0 { self.answer() }
    }

    mutating func run() {
        while !self.script.isAtEnd {
            switch self.script.number(below: 16) {
            case 0..<7: self.use()
            case 7..<11: self.answer()
            case 11..<14: self.receiveAnything()
            case 14: self.cancelSomeone()
            default: self.passTime(.milliseconds(50 * Int(self.script.byte())))
            }
            self.sendWhatWaits()
        }
        self.endConnection()
        invariant(self.machine.nextDeadline == nil, "a deadline after the end")
    }

    // MARK: Those who wait

    mutating func newID(_ wait: Wait? = nil) -> RequestID {
        self.lastID += 1
        let id = RequestID(self.lastID)
        if let wait { self.waiting[id] = wait }
        return id
    }

    mutating func tell(_ id: RequestID, _ wait: Wait) {
        invariant(self.waiting[id] == wait, "\(id) is told as \(wait), and waits for \(String(describing: self.waiting[id]))")
        self.waiting[id] = nil
    }

    mutating func tell(_ waiters: [Waiter]) {
        for waiter in waiters {
            switch waiter {
            case .request(let id): self.tell(id, .reply)
            case .publish(let id, let wasSent):
                self.tell(id, .confirm)
                invariant(self.publishes.forget(id) == wasSent, "the fate of \(id) is told wrong")
            case .delivery(let id):
                guard case .delivery(let tag)? = self.waiting[id] else { return invariant(false, "\(id) is told without waiting") }
                self.tell(id, .delivery(of: tag))
            }
        }
    }

    /// What goes to the broker can be sent, and asks for one answer at a time.
    mutating func send(_ method: AMQPMethod?) {
        guard let method else { return }
        var output: [UInt8] = []
        do throws(AMQPWireError) {
            try FrameEncoder().encode(method, channel: 1, into: &output)
        } catch {
            invariant(false, "\(method) cannot be sent: \(error)")
        }
        switch method {
        case .basicNack(let nack): self.deliveries.settle(nack.deliveryTag)
        case .channelFlowOk, .channelCloseOk, .basicCancelOk: break
        case .channelClose:
            self.life = .closing
            self.unanswered.append(method)
        default:
            invariant(self.unanswered.isEmpty, "\(method) does not wait for the answer to \(self.unanswered)")
            self.unanswered.append(method)
        }
    }

    // MARK: Time and the end

    private mutating func passTime(_ duration: Duration) {
        self.now += duration
        guard let deadline = self.machine.nextDeadline, deadline <= self.now else { return }
        let waiters = self.machine.deadlinePassed(at: self.now)
        self.tell(waiters)
        if let next = self.machine.nextDeadline { invariant(next > self.now, "a timer that fires at once, for ever") }
    }

    /// The connection ends, by itself or because the channel found a breach of the protocol: everybody is told.
    mutating func endConnection() {
        self.tell(self.machine.connectionEnded(.streamEnded))
        invariant(self.waiting.isEmpty, "\(self.waiting) are never told")
        self.life = .closed
        self.content = nil
        self.unanswered = []
    }

    private mutating func cancelSomeone() {
        guard !self.waiting.isEmpty else { return }
        let id = self.waiting.keys.sorted { $0.rawValue < $1.rawValue }[self.script.number(below: self.waiting.count)]
        let waiter: Waiter?
        switch self.waiting[id] {
        case .reply?: waiter = self.machine.requestCancelled(id)
        case .confirm? where self.script.flag():
            self.tell(self.machine.publishesCancelled(id...RequestID(id.rawValue + UInt64(self.script.number(below: 4)))))
            waiter = nil
        case .confirm?: waiter = self.machine.publishCancelled(id)
        case .delivery(let tag)?: waiter = self.machine.nextCancelled(id, of: tag)
        case nil: waiter = nil
        }
        self.tell([waiter].compactMap { $0 })
        invariant(self.waiting[id] == nil, "\(id) waits on, though it went away")
    }

    // MARK: Publishing

    private mutating func sendWhatWaits() {
        let isGateOpen = self.script.number(below: 4) > 0
        while true {
            let canSend =
                self.life == .open && !self.publishes.waiting.isEmpty
                && self.publishes.canSend(isGateOpen: isGateOpen && self.isFlowActive)
            guard let id = self.machine.nextPublish(isGateOpen: isGateOpen) else {
                return invariant(!canSend, "a message waits for nothing")
            }
            invariant(canSend, "a message goes out that may not")
            invariant(self.publishes.sendFirst().id == id, "messages go out in another order")
            if self.publishes.limit == nil { self.tell(id, .confirm) } else { self.takeBackSometimes(id) }
        }
    }

    /// The message that was last sent cannot be encoded, now and then.
    mutating func takeBackSometimes(_ id: RequestID) {
        guard self.script.number(below: 16) == 15 else { return }
        self.machine.publishNotSent()
        invariant(self.publishes.takeBackLast() == id, "another message is taken back")
        self.tell(id, .confirm)
    }
}
