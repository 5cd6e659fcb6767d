// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Synchronization
import Transport

/// The I/O thread of one HTTP transport, and the queue by which it is reached.
///
/// The lock guards the queue alone and is never held during a system call or while a task is resumed. The multi handles, the
/// easy handles and the table of exchanges are local values of the thread, which nobody else can reach.
final class CurlHTTPLoop: Sendable {
    typealias Queue = HTTPRequestQueue<HTTPSubmission>

    private let configuration: CurlHTTPTransport.Configuration
    private let queue: Mutex<Queue>
    private let wakeup: WakeupDescriptor
    private let lastNumber = Atomic<UInt64>(0)
    /// Why libcurl can go on no more, once it cannot.
    private let breakdown = Mutex<TransportError?>(nil)
    /// What the thread is to take for libcurl's own error, for a test.
    private let fault = Mutex<TransportError?>(nil)
    /// Those who wait for the end; `nil` once it has come.
    private let endWaiters = Mutex<[CheckedContinuation<Void, Never>]?>([])

    /// Starts the thread.
    init(_ configuration: CurlHTTPTransport.Configuration) throws(TransportError) {
        self.configuration = configuration
        self.queue = Mutex(
            Queue(maximumRunning: configuration.maximumConnections, maximumPerHost: configuration.maximumConnectionsPerHost))
        self.wakeup = try WakeupDescriptor()
        try IOThread.start { self.run() }
    }

    // MARK: - From any thread

    /// How many requests wait or are under way.
    var count: Int { self.queue.withLock { $0.count } }

    /// Whether libcurl can go on no more, so that requests need another loop.
    var isBroken: Bool { self.breakdown.withLock { $0 != nil } }

    /// Lets the thread act as if libcurl had failed, for a test.
    func breakDown(_ error: TransportError) {
        self.fault.withLock { $0 = error }
        self.wakeup.signal()
    }

    /// A name for a request that will be brought.
    func makeID() -> Queue.ID { Queue.ID(self.lastNumber.add(1, ordering: .relaxed).newValue) }

    /// Takes a request over; whoever waits for it is told in any case.
    func submit(_ submission: HTTPSubmission, id: Queue.ID) {
        // Whoever cancels the task first marks it, then calls `cancel`: under the lock one of the two sees the other.
        let answer = self.queue.withLock { queue -> Queue.Submission? in
            Task.isCancelled ? nil : queue.submit(submission, id: id, host: submission.wire.authority, deadline: submission.deadline)
        }
        switch answer {
        case nil: submission.fail(.cancelled, "the task was cancelled")
        case .shutDown:
            let reason = self.breakdown.withLock { $0 } ?? Self.shutDown
            submission.fail(reason.code, reason.message)
        case .accepted(let wakes): if wakes { self.wakeup.signal() }
        }
    }

    func cancel(_ id: Queue.ID) {
        switch self.queue.withLock({ $0.cancel(id) }) {
        case .withdrawn(let submission): submission.fail(.cancelled, "the task was cancelled")
        case .stopping(let wakes): if wakes { self.wakeup.signal() }
        case .tooLate: break
        }
    }

    /// Goes on with an exchange where a body had to wait.
    func resume(_ id: Queue.ID) {
        if self.queue.withLock({ $0.resume(id) }) { self.wakeup.signal() }
    }

    func shutDown(deadline: ContinuousClock.Instant) {
        if self.queue.withLock({ $0.shutDown(deadline: deadline) }) { self.wakeup.signal() }
    }

    /// Waits until the thread has ended, and all connections with it.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = self.endWaiters.withLock { waiters in
                waiters?.append(continuation)
                return waiters == nil
            }
            if hasEnded { continuation.resume() }
        }
    }

    // MARK: - On the I/O thread

    private func run() {
        var table: CurlHTTPTable?
        do throws(TransportError) {
            let made = try CurlHTTPTable(self.configuration, wakeup: self.wakeup.readEnd)
            table = made
            while try self.turn(made) {}
            made.endAll(Self.shutDown)
        } catch {
            // Without a working multi handle this loop is over. Marked first: who is told so may come again at once, and needs another one.
            self.breakdown.withLock { $0 = error }
            _ = self.queue.withLock { $0.shutDown(deadline: .now) }
            if case .finish(let waiting) = self.queue.withLock({ $0.nextStep(now: .now) }) {
                for submission in waiting { submission.fail(error.code, error.message) }
            }
            table?.endAll(error)
        }
        for waiter in self.endWaiters.withLock({ exchange(&$0, with: nil) }) ?? [] { waiter.resume() }
    }

    /// Does what the queue says, then what libcurl can do.
    ///
    /// - Returns: whether to go on.
    private func turn(_ table: CurlHTTPTable) throws(TransportError) -> Bool {
        let now = ContinuousClock.now
        switch self.queue.withLock({ $0.nextStep(now: now) }) {
        case .wait(let deadline):
            if try table.wait(until: deadline, now: now) {
                self.wakeup.clear()
                if let fault = self.fault.withLock({ $0 }) { throw fault }
            }
        case .work(let work):
            for submission in work.expired { submission.fail(.timedOut, "the time was over before a connection was free") }
            for id in work.stop { table.end(id, .failure(TransportError(.cancelled, message: "the task was cancelled"))) }
            for id in work.resume { if !table.resume(id) { self.queue.withLock { $0.ended(id) } } }
            for (id, submission) in work.begin {
                if !table.begin(submission, id, now: now) { self.queue.withLock { $0.ended(id) } }
            }
        case .finish(let waiting):
            for submission in waiting { submission.fail(.shutDown, Self.shutDown.message) }
            return false
        }
        try table.actIfDue()
        while let (id, result) = table.nextFinished() {
            self.queue.withLock { $0.ended(id) }
            table.end(id, .success(result))
        }
        return true
    }

    private static var shutDown: TransportError { TransportError(.shutDown, message: "the transport was shut down") }
}
