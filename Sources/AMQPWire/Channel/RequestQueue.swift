// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The methods of one channel that the broker replies to: one at a time, in the order in which they were asked for.
///
/// Who asked may go away: what was queued is taken back, but for the end of a consumer, without which the broker would deliver to nobody
/// for as long as the channel is open; what was sent stays outstanding, so that its reply, when it comes, is not mistaken for another's.
///
/// When the connection is lost, what was not sent stays queued until ``resume(restoring:)``.
struct RequestQueue: ~Copyable {
    private struct Request {
        var method: AMQPMethod
        /// Who waits, and until when; `nil` when nobody does, or not any more.
        var waiter: (id: RequestID, deadline: MonotonicInstant)?
        /// Whether it makes anew what a lost connection has taken.
        var isRestoring = false

        var asWaiter: Waiter? { self.waiter.map { Waiter($0.id, for: self.method) } }
    }

    /// What came of a reply.
    struct Answer {
        /// Who had asked, if still there.
        var id: RequestID?
        /// What had been asked.
        var method: AMQPMethod
        /// What is to be sent now.
        var next: AMQPMethod?
    }

    private var outstanding: Request?
    private var queued = FIFOQueue<Request>()
    private var isSuspended = false

    /// Takes a method in that someone waits for until a deadline.
    ///
    /// - Returns: what is to be sent now.
    mutating func add(_ method: AMQPMethod, for id: RequestID, until deadline: MonotonicInstant) -> AMQPMethod? {
        self.add(Request(method: method, waiter: (id, deadline)))
    }

    /// Takes a method in whose reply nobody waits for.
    ///
    /// - Returns: what is to be sent now.
    mutating func add(_ method: AMQPMethod) -> AMQPMethod? {
        self.add(Request(method: method, waiter: nil))
    }

    /// Takes a method in whose reply nobody waits for, while others wait, or the connection is lost: it goes out behind them.
    mutating func addBehind(_ method: AMQPMethod) { self.queued.append(Request(method: method, waiter: nil)) }

    /// Takes a reply in; `nil` when it is none to what is outstanding.
    mutating func answered(by reply: AMQPMethod) -> Answer? {
        guard let request = self.outstanding, reply.isReply(to: request.method) else { return nil }
        return Answer(id: request.waiter?.id, method: request.method, next: self.sendNext())
    }

    /// Whether nothing is outstanding, nor waits.
    var isEmpty: Bool { self.outstanding == nil && self.queued.isEmpty }

    /// Whether something is the reply to what is outstanding.
    func expects(_ reply: AMQPMethod) -> Bool {
        self.outstanding.map { reply.isReply(to: $0.method) } ?? false
    }

    /// Whether something outstanding or queued is what is looked for.
    func contains(where condition: (AMQPMethod) -> Bool) -> Bool {
        if let method = self.outstanding?.method, condition(method) { return true }
        return self.queued.firstOffset { condition($0.method) } != nil
    }

    /// Forgets who asked; what was not sent is taken back, unless it ends a consumer.
    ///
    /// - Returns: the method, and whether its reply is still to come; `nil` when nobody has that id.
    mutating func abandon(_ id: RequestID) -> (method: AMQPMethod, wasSent: Bool)? {
        if let request = self.outstanding, request.waiter?.id == id {
            self.outstanding?.waiter = nil
            return (request.method, true)
        }
        guard let offset = self.queued.firstOffset(where: { $0.waiter?.id == id }) else { return nil }
        if let method = self.queued[offset]?.method, case .basicCancel = method {
            _ = self.queued.update(at: offset) { $0.waiter = nil }
            return (method, true)
        }
        return self.queued.removeFirst { $0.waiter?.id == id }.map { ($0.method, false) }
    }

    /// The connection is lost: nothing is sent from now on, and what was sent gets no answer.
    ///
    /// - Returns: what was outstanding, if anything, and those who are to be told.
    mutating func suspend() -> (lost: AMQPMethod?, waiters: [Waiter]) {
        let lost = self.outstanding.take()
        let queued = self.queued.removeAll().filter { !$0.isRestoring }
        self.isSuspended = true
        var told = [lost].compactMap { $0 }
        // The prefetch belongs to the consumer behind it.
        if let lost, case .basicQos = lost.method, case .basicConsume? = queued.first?.method, !lost.isRestoring {
            self.queued.append(lost)
        }
        for request in queued {
            switch request.method {
            case .basicCancel, .basicRecover, .txSelect, .txCommit, .txRollback:
                // What they are about has ended with the connection.
                told.append(request)
            default:
                self.queued.append(request)
            }
        }
        return (lost?.method, told.compactMap(\.asWaiter))
    }

    /// The connection is back: these go before all that waits.
    ///
    /// - Returns: what is to be sent now.
    mutating func resume(restoring methods: [AMQPMethod]) -> AMQPMethod? {
        let queued = self.queued.removeAll()
        for method in methods { self.queued.append(Request(method: method, waiter: nil, isRestoring: true)) }
        for request in queued { self.queued.append(request) }
        self.isSuspended = false
        return self.sendNext()
    }

    /// The method that is outstanding in order to make anew what a lost connection has taken.
    var restoring: AMQPMethod? { self.outstanding.flatMap { $0.isRestoring ? $0.method : nil } }

    /// The first deadline of one who waits.
    var nextDeadline: MonotonicInstant? {
        mutating get {
            var next = self.outstanding?.waiter?.deadline
            for offset in 0..<self.queued.count {
                guard let deadline = self.queued[offset]?.waiter?.deadline else { continue }
                next = min(next ?? deadline, deadline)
            }
            return next
        }
    }

    /// Those whose deadline is not after `now`; each is to be abandoned.
    mutating func expired(at now: MonotonicInstant) -> [RequestID] {
        var waiters = [self.outstanding?.waiter]
        for offset in 0..<self.queued.count { waiters.append(self.queued[offset]?.waiter) }
        return waiters.compactMap { $0 }.filter { $0.deadline <= now }.map(\.id)
    }

    /// Forgets everything and returns who waits.
    mutating func removeAll() -> [Waiter] {
        let requests = [self.outstanding].compactMap { $0 } + self.queued.removeAll()
        self.outstanding = nil
        self.isSuspended = false
        return requests.compactMap(\.asWaiter)
    }

    private mutating func add(_ request: Request) -> AMQPMethod? {
        self.queued.append(request)
        return self.outstanding == nil && !self.isSuspended ? self.sendNext() : nil
    }

    private mutating func sendNext() -> AMQPMethod? {
        self.outstanding = self.queued.popFirst()
        return self.outstanding?.method
    }
}
