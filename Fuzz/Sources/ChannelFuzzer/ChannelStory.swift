// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import FuzzSupport

/// A channel's life as the fuzzer's bytes tell it, beside a plain account of what must hold at each step.
///
/// Some steps are the users', some the broker's; the broker's own are right in one half of them and arbitrary in the other.
struct ChannelStory: ~Copyable {
    static let maximumBodyBytes = 64

    enum Life {
        case opening, open, suspended, reopening, restoring, closing, closed

        /// Whether the channel takes requests, now or later.
        var isUsable: Bool { [.open, .suspended, .reopening, .restoring].contains(self) }
        /// Whether the broker has the channel.
        var isAttached: Bool { self == .open || self == .restoring }
    }

    var script: Script
    var machine = ChannelStateMachine(maximumBodyBytes: Self.maximumBodyBytes)
    var now = MonotonicInstant.now
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
    /// Whether `basic.recover` is on its way: the machine has let go of what the broker still holds.
    var isRecovering: Bool {
        self.unanswered.contains { if case .basicRecover = $0 { true } else { false } }
    }
    private var lastID: UInt64 = 0
    var lastDelivery: UInt64 = 0
    /// Whether the broker holds the message that was asked for until it hears of it.
    var isMessageHeld = false

    enum Wait: Equatable {
        case reply
        case confirm
        case delivery(of: String)
        case message
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
            case 14: if self.script.flag() { self.cancelSomeone() } else { self.loseOrReopen() }
            default: self.passTime(.milliseconds(50 * Int(self.script.byte())))
            }
            self.forgetConfirms()
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
        invariant(
            self.waiting[id] == wait,
            "\(id) is told as \(wait), and waits for \(String(describing: self.waiting[id]))")
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
                switch self.waiting[id] {
                case .delivery(let tag)?: self.tell(id, .delivery(of: tag))
                default: self.tell(id, .message)
                }
            }
        }
    }

    /// What goes to the broker can be sent, and asks for one answer at a time.
    mutating func send(_ method: AMQPMethod?) {
        guard let method else { return }
        invariant(self.life != .suspended, "\(method) goes out without a connection")
        var output: [UInt8] = []
        do throws(AMQPWireError) {
            try FrameEncoder().encode(method, channel: 1, into: &output)
        } catch {
            invariant(false, "\(method) cannot be sent: \(error)")
        }
        switch method {
        case .basicAck(let ack):
            self.deliveries.heard(ack.deliveryTag, multiple: ack.multiple, isAcknowledged: true)
        case .basicNack(let nack): self.deliveries.heard(nack.deliveryTag, isAcknowledged: false)
        case .basicReject(let reject): self.deliveries.heard(reject.deliveryTag, isAcknowledged: false)
        case .channelFlowOk, .channelCloseOk, .basicCancelOk: break
        case .channelClose:
            self.life = .closing
            self.unanswered.append(method)
        default:
            invariant(
                self.unanswered.isEmpty, "\(method) does not wait for the answer to \(self.unanswered)")
            self.unanswered.append(method)
        }
    }

    // MARK: Time and the end

    private mutating func passTime(_ duration: Duration) {
        self.now += duration
        guard let deadline = self.machine.nextDeadline, deadline <= self.now else { return }
        let waiters = self.machine.deadlinePassed(at: self.now)
        self.tell(waiters)
        for method in self.machine.acknowledgementsDue(at: self.now) { self.send(method) }
        if let next = self.machine.nextDeadline {
            invariant(next > self.now, "a timer that fires at once, for ever")
        }
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
        let id = self.waiting.keys.sorted { $0.rawValue < $1.rawValue }[
            self.script.number(below: self.waiting.count)]
        let waiter: Waiter?
        switch self.waiting[id] {
        case .reply?, .message?: waiter = self.machine.requestCancelled(id)
        case .confirm? where self.script.flag():
            self.tell(
                self.machine.publishesCancelled(
                    id...RequestID(id.rawValue + UInt64(self.script.number(below: 4)))))
            waiter = nil
        case .confirm?: waiter = self.machine.publishCancelled(id)
        case .delivery(let tag)?: waiter = self.machine.nextCancelled(id, of: tag)
        case nil: waiter = nil
        }
        self.tell([waiter].compactMap { $0 })
        invariant(self.waiting[id] == nil, "\(id) waits on, though it went away")
    }

    private mutating func loseOrReopen() {
        guard self.life == .suspended else { return self.lose() }
        guard let open = self.machine.reopenRequested() else {
            return invariant(false, "a channel that is suspended does not come back")
        }
        self.life = .reopening
        self.send(open)
    }

    /// The connection is lost, and will be back.
    mutating func lose() {
        let isRepublishing = self.script.flag()
        let wasUsable = self.life.isUsable
        let wasSuspended = self.life == .suspended
        let suspension = self.machine.connectionLost(.streamEnded, isRepublishing: isRepublishing)
        invariant(
            suspension.isSuspended == wasUsable, "a channel in \(self.life) is lost as \(suspension)")
        guard wasUsable else {
            self.tell(suspension.waiters)
            invariant(self.waiting.isEmpty, "\(self.waiting) are never told")
            self.life = .closed
            return self.forgetIncarnation()
        }
        if wasSuspended { return }
        let expected = self.publishes.suspend(isRepublishing: isRepublishing)
        invariant(
            suspension.settlements == expected.settlements,
            "\(suspension.settlements), not \(expected.settlements)")
        invariant(
            suspension.republishedCount == expected.republishedCount,
            "\(suspension.republishedCount) are sent again")
        for settlement in expected.settlements { self.tell(settlement.id, .confirm) }
        self.tell(suspension.waiters)
        self.publishes.forgetSent()
        self.life = .suspended
        self.forgetIncarnation()
    }

    /// What the broker knew of the channel is gone.
    mutating func forgetIncarnation() {
        self.deliveries.suspend()
        self.lastDelivery = 0
        self.isFlowActive = true
        self.content = nil
        self.unanswered = []
    }

    // MARK: Publishing

    /// Who had asked for confirm mode went away before it was selected: messages go without confirms again.
    private mutating func forgetConfirms() {
        guard self.life.isUsable, self.publishes.limit != nil, !self.machine.hasConfirms else { return }
        invariant(self.publishes.span == 0 && self.publishes.waiting.isEmpty, "messages lose their confirms")
        self.publishes.limit = nil
    }

    /// Whether the next message may be sent: one that wants a confirm not before the broker counts it.
    func canSend(isGateOpen: Bool) -> Bool {
        let takesMessages = self.life == .open && self.isFlowActive && self.isConfirming == (self.publishes.limit != nil)
        return self.publishes.canSend(isGateOpen: isGateOpen && takesMessages)
    }

    private mutating func sendWhatWaits() {
        let isGateOpen = self.script.number(below: 4) > 0
        while true {
            let canSend = !self.publishes.waiting.isEmpty && self.canSend(isGateOpen: isGateOpen)
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
