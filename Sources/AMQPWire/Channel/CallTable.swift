// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The requests of a channel that wait for their replies, each known by its number in the correlation id.
struct CallTable {
    private enum Phase {
        /// It is to be sent, or is sent; nobody waits yet. Exits: `waiting`, `answered`, `failed`.
        case sending
        /// Someone waits. Its end removes it.
        case waiting
        /// The reply came before anyone waited. Who comes takes it.
        case answered(DeliveredMessage)
        /// It failed before anyone waited. Who comes is told.
        case failed(AMQPFailure)
    }

    private struct Call {
        var deadline: MonotonicInstant
        var phase = Phase.sending
        /// Whether its request was written, so that it may be served.
        var wasSent = false
    }

    /// What came of a reply.
    enum Progress: Equatable {
        case handOver(RequestID)
        case kept
        /// Nobody waits for it any more.
        case late
    }

    private var calls: [RequestID: Call] = [:]
    /// Whether there was ever a call.
    private(set) var isUsed = false

    mutating func add(_ id: RequestID, until deadline: MonotonicInstant) {
        self.isUsed = true
        self.calls[id] = Call(deadline: deadline)
    }

    /// Its request was written.
    mutating func sent(_ id: RequestID) {
        if self.isUsed { self.calls[id]?.wasSent = true }
    }

    /// Why a request is not to be sent any more; `nil` for one that is no call's.
    func failure(of id: RequestID) -> AMQPFailure? {
        if case .failed(let failure)? = self.calls[id]?.phase { failure } else { nil }
    }

    /// Someone waits for the reply now.
    mutating func await(_ id: RequestID) -> ChannelStateMachine.NextAction {
        switch self.calls[id]?.phase {
        case .sending?, .waiting?:
            self.calls[id]?.phase = .waiting
            return .wait
        case .answered(let message)?:
            self.calls[id] = nil
            return .deliver(message)
        case .failed(let failure)?:
            self.calls[id] = nil
            return .fail(failure)
        case nil:
            return .finish
        }
    }

    /// A reply came.
    mutating func answered(_ message: DeliveredMessage) -> Progress {
        guard let id = Self.id(message.properties), let call = self.calls[id] else { return .late }
        switch call.phase {
        case .waiting:
            self.calls[id] = nil
            return .handOver(id)
        case .sending:
            self.calls[id]?.phase = .answered(message)
            return .kept
        case .answered, .failed:
            return .late
        }
    }

    /// A request failed.
    ///
    /// - Returns: who is to be told, if someone waits.
    mutating func failed(_ id: RequestID, _ failure: AMQPFailure) -> RequestID? {
        switch self.calls[id]?.phase {
        case .waiting?:
            self.calls[id] = nil
            return id
        case .sending?:
            self.calls[id]?.phase = .failed(failure)
            return nil
        case .answered?, .failed?, nil:
            return nil
        }
    }

    /// Forgets a call; says whether someone waited.
    mutating func abandon(_ id: RequestID) -> Bool {
        if case .waiting? = self.calls.removeValue(forKey: id)?.phase { true } else { false }
    }

    /// Fails all calls, and returns those who wait.
    mutating func failAll(_ failure: AMQPFailure) -> [RequestID] {
        self.calls.keys.sorted { $0.rawValue < $1.rawValue }.compactMap { self.failed($0, failure) }
    }

    /// The connection is lost: fails the calls whose requests were sent on it, and returns those who wait.
    mutating func suspend(_ failure: AMQPFailure) -> [RequestID] {
        let sent = self.calls.filter { $0.value.wasSent }.keys.sorted { $0.rawValue < $1.rawValue }
        return sent.compactMap { self.failed($0, failure) }
    }

    /// Those whose requests were not sent.
    var unsent: [RequestID] { self.calls.filter { !$0.value.wasSent }.keys.sorted { $0.rawValue < $1.rawValue } }

    var nextDeadline: MonotonicInstant? { self.calls.values.lazy.map(\.deadline).min() }

    /// Fails those whose deadline is not after `now`, and returns those of them who wait.
    mutating func expired(at now: MonotonicInstant) -> [RequestID] {
        let expired = self.calls.filter { $0.value.deadline <= now }.keys.sorted { $0.rawValue < $1.rawValue }
        return expired.compactMap { id in
            // Its own call comes for the failure, and is not to be woken for it again.
            self.calls[id]?.deadline = now + .seconds(3_600)
            return self.failed(id, .timedOut)
        }
    }

    /// Which call a message belongs to.
    static func id(_ properties: AMQPProperties) -> RequestID? {
        properties.correlationID.flatMap { UInt64($0) }.map { RequestID($0) }
    }
}
