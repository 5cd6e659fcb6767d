// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChannelStateMachine {
    /// What is to be done with a message to publish.
    package enum PublishAction: Equatable {
        /// Write it.
        case write
        /// Keep it until ``ChannelStateMachine/nextPublish(isGateOpen:)`` names it.
        case wait
        /// Tell the caller; nothing is sent.
        case fail(AMQPFailure)
    }

    /// Confirm mode is to be selected, with a window.
    package mutating func confirmsRequested(_ id: RequestID, window: Int, deadline: MonotonicInstant) -> RequestAction {
        if let failure = self.failure { return .fail(failure) }
        guard !self.transactions.isWanted else { return .fail(.transactionalChannel) }
        guard self.window.limit != nil || !self.window.hasWaiting else { return .fail(.confirmModeMixed) }
        self.window.limit = window
        if self.isConfirming { return .succeed }
        return self.requested(id, .confirmSelect(ConfirmSelect()), deadline: deadline)
    }

    /// A message is to be published, on a channel in confirm mode.
    ///
    /// - Parameters:
    ///   - id: who waits for the confirm.
    ///   - identity: what a return would carry; `nil` for a message that is not mandatory.
    ///   - deadline: when the wait ends; not before that of an earlier message.
    ///   - isGateOpen: whether the connection takes messages now.
    package mutating func publishRequested(
        _ id: RequestID, identity: MessageIdentity?, deadline: MonotonicInstant, isGateOpen: Bool
    ) -> PublishAction {
        if let failure = self.failure ?? (self.window.limit == nil ? .confirmModeMixed : nil) { return .fail(failure) }
        let isAdmitted = self.window.add(id, identity: identity, deadline: deadline, isGateOpen: isGateOpen && self.takesMessages)
        return isAdmitted ? .write : .wait
    }

    /// A message is to be sent without a confirm, now or not at all, on a channel that is not in confirm mode.
    ///
    /// - Parameters:
    ///   - call: whose request it is, if any.
    ///   - isGateOpen: whether the connection takes messages now.
    /// - Returns: ``PublishAction/wait`` where it cannot be sent now: nothing is kept, see ``sendRequested(_:deadline:isGateOpen:)``.
    package mutating func sendRequested(call: RequestID? = nil, isGateOpen: Bool) -> PublishAction {
        if let failure = self.failure ?? self.confirmFailure ?? call.flatMap({ self.calls.failure(of: $0) }) { return .fail(failure) }
        guard isGateOpen, self.takesMessages, !self.window.hasWaiting else { return .wait }
        if let call { self.calls.sent(call) }
        return .write
    }

    /// A message is to be sent without a confirm as soon as it may, on a channel that is not in confirm mode.
    ///
    /// - Parameters:
    ///   - id: who waits until it was sent; the call whose request it is, if any.
    ///   - deadline: when the wait ends.
    ///   - isGateOpen: whether the connection takes messages now.
    package mutating func sendRequested(_ id: RequestID, deadline: MonotonicInstant, isGateOpen: Bool) -> PublishAction {
        if let failure = self.failure ?? self.confirmFailure ?? self.calls.failure(of: id) { return .fail(failure) }
        guard self.window.add(id, identity: nil, deadline: deadline, isGateOpen: isGateOpen && self.takesMessages) else { return .wait }
        self.calls.sent(id)
        return .write
    }

    /// Whether messages go with confirms.
    package var hasConfirms: Bool { self.window.limit != nil }

    /// Where nobody asks for confirm mode any more before it is selected, it is selected none the less if messages wait for it, and
    /// forgotten if none does.
    mutating func confirmsAbandoned() {
        guard self.hasConfirms, !self.isConfirming,
            !self.requests.contains(where: { if case .confirmSelect = $0 { true } else { false } })
        else { return }
        guard !self.window.isEmpty else { return self.window.limit = nil }
        self.requests.addBehind(.confirmSelect(ConfirmSelect()))
    }

    /// Why a message cannot go without a confirm: the broker would count it among those that it confirms.
    private var confirmFailure: AMQPFailure? {
        mutating get { self.window.limit == nil ? self.transactions.failure : .confirmModeMixed }
    }

    /// The message that is to be written now, if one waits and may be.
    ///
    /// To be called until it is `nil`, whenever a message was settled, or the gate or the flow has opened.
    package mutating func nextPublish(isGateOpen: Bool) -> RequestID? {
        guard let id = self.window.admitNext(isGateOpen: isGateOpen && self.takesMessages) else { return nil }
        self.calls.sent(id)
        return id
    }

    /// Whether messages may be sent on this channel now.
    ///
    /// Those that want a confirm wait until the broker counts them, which it does from `confirm.select` on.
    private var takesMessages: Bool {
        mutating get {
            guard case .open = self.phase else { return false }
            return self.isFlowActive && !self.isRestoring && self.isConfirming == self.hasConfirms
        }
    }

    /// Nothing was written of the message that was last to be written, because it cannot be encoded.
    package mutating func publishNotSent() {
        self.window.takeBackNewest()
    }

    /// The one who waits for a confirm went away.
    ///
    /// - Returns: the waiter to tell, or `nil` when the confirm was faster.
    package mutating func publishCancelled(_ id: RequestID) -> Waiter? {
        self.window.abandon(id).map { .publish(id, wasSent: $0) }
    }

    /// The one who waits for the confirms of a batch went away.
    ///
    /// - Parameter ids: the ids of the batch's messages, and of no others.
    /// - Returns: the waiters to tell; none for those whose confirm was faster.
    package mutating func publishesCancelled(_ ids: ClosedRange<RequestID>) -> [Waiter] { self.window.abandon(ids) }
}
