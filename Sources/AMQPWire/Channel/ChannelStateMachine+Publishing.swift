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
    package mutating func confirmsRequested(_ id: RequestID, window: Int, deadline: ContinuousClock.Instant) -> RequestAction {
        if let failure = self.failure { return .fail(failure) }
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
        _ id: RequestID, identity: MessageIdentity?, deadline: ContinuousClock.Instant, isGateOpen: Bool
    ) -> PublishAction {
        if let failure = self.failure { return .fail(failure) }
        let isAdmitted = self.window.add(id, identity: identity, deadline: deadline, isGateOpen: isGateOpen && self.isFlowActive)
        return isAdmitted ? .write : .wait
    }

    /// The message that is to be written now, if one waits and may be.
    ///
    /// To be called until it is `nil`, whenever a message was settled, or the gate or the flow has opened.
    package mutating func nextPublish(isGateOpen: Bool) -> RequestID? {
        guard case .open = self.phase else { return nil }
        return self.window.admitNext(isGateOpen: isGateOpen && self.isFlowActive)
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
}
