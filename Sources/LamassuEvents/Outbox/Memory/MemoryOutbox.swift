// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import Synchronization

/// Keeps events in memory, within limits: they outlive everything that happens to the broker and to the network, and no end of the process.
public final class MemoryOutbox: OutboxStore {
    private typealias Number = MemoryOutboxStateMachine.Number

    private struct Item {
        /// `nil` where not even an event could be made.
        var event: CloudEvent?
        var summary: EventSummary
        var storedAt: Timestamp
        /// Why it is parked.
        var error: LamassuEventsError?
    }

    private struct State: ~Copyable {
        var machine: MemoryOutboxStateMachine
        var items: [Number: Item] = [:]
        var sequences: SequenceNumbers

        mutating func remove(_ numbers: [Number]) -> [EventSummary] {
            numbers.compactMap { self.items.removeValue(forKey: $0)?.summary }
        }
    }

    private let state: Mutex<State>

    /// Makes a store that is empty.
    ///
    /// - Parameter limits: how much it holds, and what happens beyond that.
    public init(limits: OutboxLimits = OutboxLimits()) {
        self.state = Mutex(
            State(
                machine: MemoryOutboxStateMachine(
                    limits: .init(
                        events: limits.maximumEvents, bytes: limits.maximumBytes, parked: limits.maximumParked,
                        parkedBytes: limits.maximumParkedBytes, dropsOldest: limits.policy.kind == .dropOldest)),
                sequences: SequenceNumbers(limit: limits.maximumEvents)))
    }

    /// False: what is in memory ends with the process.
    public var isDurable: Bool { false }

    /// None: nobody shares the memory of a process.
    public var leaseDuration: Duration? { nil }

    // MARK: The service's side

    /// Makes room for the event of an operation that is about to run.
    public func prepare(_ intent: OutboxIntent, isWriteAhead: Bool) async throws(LamassuEventsError) {
        let error = self.state.withLock { state -> LamassuEventsError? in
            guard case .refused(let refusal) = state.machine.prepared(intent.id) else { return nil }
            return Self.error(refusal, state)
        }
        if let error { throw error }
    }

    /// Stores the event of an operation that has succeeded, although the outbox may be full.
    public func complete(
        _ intent: OutboxIntent, with submission: OutboxSubmission
    ) async throws(LamassuEventsError) -> [EventSummary] {
        try self.store(submission, reservation: intent.id).dropped
    }

    /// Gives the room of an operation back.
    public func abandon(_ intent: OutboxIntent) async throws(LamassuEventsError) {
        self.state.withLock { $0.machine.abandoned(intent.id) }
    }

    /// Stores an event without an intent; what the broker has is not known any more.
    public func enqueue(_ submission: OutboxSubmission) async throws(LamassuEventsError) -> OutboxReceipt {
        try self.store(submission, reservation: nil)
    }

    /// Gives nothing: no intent in memory outlives its process.
    public func adoptIntents(limit: Int) async throws(LamassuEventsError) -> [OutboxIntent] { [] }

    private func store(_ submission: OutboxSubmission, reservation: String?) throws(LamassuEventsError) -> OutboxReceipt {
        let summary = submission.summary
        let identity = MemoryOutboxStateMachine.Identity(source: summary.source.rawValue, id: summary.id)
        let lane = submission.lane
        let bytes = submission.event?.dataBytes ?? 0
        let result = self.state.withLock { state -> Result<OutboxReceipt, LamassuEventsError> in
            let now = Timestamp.now
            let isSendable = submission.error == nil && submission.event != nil
            let action =
                isSendable
                ? state.machine.stored(identity, lane: lane, bytes: bytes, reservation: reservation)
                : state.machine.storedParked(identity, lane: lane, bytes: bytes, reservation: reservation)
            switch action {
            case .known(let isParked): return .success(OutboxReceipt(isParked ? .parked : .waiting))
            case .refused(let refusal): return .failure(Self.error(refusal, state))
            case .stored(let number, let dropped):
                var item = Item(event: submission.event, summary: summary, storedAt: now, error: submission.error)
                item.event?[.sequence] = .string(state.sequences.next(for: lane, at: now))
                state.items[number] = item
                return .success(OutboxReceipt(isSendable ? .waiting : .parked, dropped: state.remove(dropped)))
            }
        }
        return try result.get()
    }

    // MARK: The relay's side

    /// Gives out the oldest events of subjects that have some to be sent.
    public func claim(limit: Int, perSubject: Int) async throws(LamassuEventsError) -> [OutboxEntry] {
        self.state.withLock { state in
            state.machine.claim(limit: limit, perLane: perSubject, at: .now).compactMap { number in
                guard let event = state.items[number]?.event else { return nil }
                return OutboxEntry(number: number, lane: event.lane, event: event, attempts: state.machine.attempts(of: number))
            }
        }
    }

    /// Notes what became of events that were given out.
    public func settle(_ settlements: [OutboxSettlement]) async throws(LamassuEventsError) -> [EventSummary] {
        self.state.withLock { state in
            let now = ContinuousClock.now
            var dropped: [EventSummary] = []
            for settlement in settlements {
                switch settlement {
                case .confirmed(let number):
                    if state.machine.confirmed(number) != .none { state.items[number] = nil }
                case .deferred(let number, let delay): _ = state.machine.deferred(number, until: now + delay)
                case .parked(let number, let error):
                    guard case .parked(_, let displaced) = state.machine.parked(number) else { continue }
                    state.items[number]?.error = error
                    dropped += state.remove(displaced)
                }
            }
            return dropped
        }
    }

    /// When the earliest time of rest ends.
    public func nextDue() async throws(LamassuEventsError) -> ContinuousClock.Instant? {
        self.state.withLock { $0.machine.nextDue }
    }

    /// Does nothing: there are no leases.
    public func renewLeases() async throws(LamassuEventsError) {}

    /// Takes back all that was given out.
    public func release() async throws(LamassuEventsError) {
        self.state.withLock { $0.machine.released() }
    }

    /// Takes nothing more, and gives up what is not confirmed.
    public func close() async -> [EventSummary] {
        self.state.withLock { state in
            state.machine.closed().compactMap { state.items[$0]?.summary }
        }
    }

    // MARK: Looking in

    /// How much the store holds.
    public func depth() async throws(LamassuEventsError) -> OutboxDepth {
        self.state.withLock { state in
            var depth = OutboxDepth()
            depth.events = state.machine.count
            depth.bytes = state.machine.bytes
            depth.oldest = state.machine.oldest.flatMap { state.items[$0]?.storedAt }
            depth.parked = state.machine.parkedCount
            depth.intents = state.machine.reservedCount
            return depth
        }
    }

    /// The parked events, oldest first.
    public func parkedEvents(limit: Int) async throws(LamassuEventsError) -> [ParkedEvent] {
        self.state.withLock { state in
            state.machine.parkedNumbers.prefix(max(0, limit)).compactMap { number in
                guard let item = state.items[number], let error = item.error else { return nil }
                return ParkedEvent(id: ParkedEvent.ID(number: number), event: item.summary, error: error)
            }
        }
    }

    /// Puts a parked event back in line; one of which not even an event could be made stays where it is.
    public func retryParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool {
        self.state.withLock { state in
            guard state.items[id.number]?.event != nil, let number = state.machine.retryRequested(id.number),
                var item = state.items.removeValue(forKey: id.number)
            else { return false }
            item.error = nil
            state.items[number] = item
            return true
        }
    }

    /// Forgets a parked event.
    public func discardParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> EventSummary? {
        self.state.withLock { state in
            guard state.machine.discardRequested(id.number) else { return nil }
            return state.items.removeValue(forKey: id.number)?.summary
        }
    }

    private static func error(_ refusal: MemoryOutboxStateMachine.Refusal, _ state: borrowing State) -> LamassuEventsError {
        switch refusal {
        case .full:
            LamassuEventsError(
                .outboxFull,
                message:
                    "\(state.machine.count) events of \(state.machine.bytes) bytes wait for the broker: is it away? Or raise the limits")
        case .closed: LamassuEventsError(.closed, message: "the publisher has ended")
        }
    }
}
