// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import Synchronization

/// Keeps what publishers and consumers tell, and lets a test wait for it.
final class Recorder: EventPublisherObserver, EventConsumerObserver {
    enum Notice: Hashable, Sendable {
        case connected
        case disconnected(LamassuEventsError.Code, message: String)
        case stored(EventSummary)
        case confirmed(EventSummary)
        case retrying(EventSummary, LamassuEventsError.Code)
        case parked(EventSummary, LamassuEventsError.Code)
        case dropped(EventSummary, LamassuEventsError.Code)
        case received(EventSummary, isRedelivered: Bool)
        case done(EventSummary, isDuplicate: Bool)
        case handlingAgain(EventSummary, reason: String)
        case deadLettered(EventSummary?, reason: String)
    }

    private struct Waiter {
        var isSatisfied: @Sendable ([Notice]) -> Bool
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var notices: [Notice] = []
        var waiters: [Waiter] = []
    }

    private let state = Mutex(State())

    var notices: [Notice] { self.state.withLock { $0.notices } }

    /// Waits until what was told satisfies a condition; the test's time limit bounds it.
    func wait(until isSatisfied: @escaping @Sendable ([Notice]) -> Bool) async {
        await withCheckedContinuation { continuation in
            let isSatisfiedNow = self.state.withLock { state in
                if isSatisfied(state.notices) { return true }
                state.waiters.append(Waiter(isSatisfied: isSatisfied, continuation: continuation))
                return false
            }
            if isSatisfiedNow { continuation.resume() }
        }
    }

    /// Waits until a number of notices satisfy a condition.
    func wait(for count: Int = 1, _ isWanted: @escaping @Sendable (Notice) -> Bool) async {
        await self.wait { $0.count(where: isWanted) >= count }
    }

    private func add(_ notice: Notice) {
        let satisfied = self.state.withLock { state in
            state.notices.append(notice)
            let satisfied = state.waiters.filter { $0.isSatisfied(state.notices) }
            if !satisfied.isEmpty { state.waiters.removeAll { $0.isSatisfied(state.notices) } }
            return satisfied
        }
        for waiter in satisfied { waiter.continuation.resume() }
    }

    func publisherConnected() { self.add(.connected) }
    func publisherDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.add(.disconnected(error.code, message: error.message))
    }
    func eventStored(_ event: EventSummary) { self.add(.stored(event)) }
    func eventConfirmed(_ event: EventSummary) { self.add(.confirmed(event)) }
    func eventRetrying(_ event: EventSummary, error: LamassuEventsError, after delay: Duration) { self.add(.retrying(event, error.code)) }
    func eventParked(_ event: EventSummary, error: LamassuEventsError) { self.add(.parked(event, error.code)) }
    func eventDropped(_ event: EventSummary, error: LamassuEventsError) { self.add(.dropped(event, error.code)) }

    func consumerConnected() { self.add(.connected) }
    func consumerDisconnected(_ error: LamassuEventsError, retryingAfter delay: Duration) {
        self.add(.disconnected(error.code, message: error.message))
    }
    func eventReceived(_ event: EventSummary, isRedelivered: Bool) { self.add(.received(event, isRedelivered: isRedelivered)) }
    func eventDone(_ event: EventSummary, isDuplicate: Bool) { self.add(.done(event, isDuplicate: isDuplicate)) }
    func eventRetrying(_ event: EventSummary, reason: String, after delay: Duration) { self.add(.handlingAgain(event, reason: reason)) }
    func messageDeadLettered(_ event: EventSummary?, reason: String) { self.add(.deadLettered(event, reason: reason)) }
}

extension Recorder.Notice {
    var isConfirmed: Bool { if case .confirmed = self { true } else { false } }
    var isDone: Bool { if case .done = self { true } else { false } }
    var isDeadLettered: Bool { if case .deadLettered = self { true } else { false } }

    func isDisconnected(_ code: LamassuEventsError.Code) -> Bool {
        if case .disconnected(code, _) = self { true } else { false }
    }
}
