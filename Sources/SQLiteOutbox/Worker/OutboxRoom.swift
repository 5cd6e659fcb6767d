// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import Synchronization

/// What a store knows of its fill without looking, and the room that it has promised to operations under way.
final class OutboxRoom: Sendable {
    private struct Identity: Hashable {
        var source: String
        var id: String

        init(_ intent: OutboxIntent) { (self.source, self.id) = (intent.source.rawValue, intent.id) }
    }

    private struct State {
        var reserved: Set<Identity> = []
        var totals = OutboxTotals()
        var damagedFiles: [String] = []
    }

    private let state = Mutex(State())
    private let limits: OutboxLimits

    init(_ limits: OutboxLimits) {
        self.limits = limits
    }

    /// Keeps room for the event of an operation; what other processes have stored since the last transaction is not counted.
    func reserve(_ intent: OutboxIntent) throws(LamassuEventsError) {
        let refusal = self.state.withLock { state -> LamassuEventsError? in
            let count = state.totals.events + state.totals.intents + Int64(state.reserved.count)
            let isFull =
                count >= Int64(clamping: self.limits.maximumEvents) || state.totals.bytes >= Int64(clamping: self.limits.maximumBytes)
            if self.limits.policy.kind == .refuse, isFull {
                return .outboxFull(events: state.totals.events, bytes: state.totals.bytes)
            }
            state.reserved.insert(Identity(intent))
            return nil
        }
        if let refusal { throw refusal }
    }

    /// Whether an operation has room that is written down nowhere.
    func holds(_ intent: OutboxIntent) -> Bool { self.state.withLock { $0.reserved.contains(Identity(intent)) } }

    /// Gives the room of an operation back.
    ///
    /// - Returns: whether it had room that is written down nowhere.
    @discardableResult
    func release(_ intent: OutboxIntent) -> Bool { self.state.withLock { $0.reserved.remove(Identity(intent)) != nil } }

    /// For how many operations room is kept.
    var reserved: Int64 { self.state.withLock { Int64($0.reserved.count) } }

    /// A transaction was committed.
    func update(_ totals: OutboxTotals) { self.state.withLock { $0.totals = totals } }

    /// A damaged file was moved aside.
    func noteDamagedFile(_ path: String) { self.state.withLock { $0.damagedFiles.append(path) } }

    /// Where damaged files were moved to.
    var damagedFiles: [String] { self.state.withLock { $0.damagedFiles } }
}
