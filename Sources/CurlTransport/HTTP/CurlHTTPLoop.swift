// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CCurl
import Synchronization
import Transport

/// The I/O thread of one HTTP transport, and the queue by which it is reached.
///
/// The lock guards the queue alone and is never held during a system call or while a task is resumed. The multi handle, the
/// easy handles and the table of exchanges are local values of the thread, which nobody else can reach.
final class CurlHTTPLoop: Sendable {
    typealias Queue = HTTPRequestQueue<HTTPSubmission>

    private let configuration: CurlHTTPTransport.Configuration
    private let queue: Mutex<Queue>
    private let wakeup: WakeupDescriptor

    /// Starts the thread.
    init(_ configuration: CurlHTTPTransport.Configuration) throws(TransportError) {
        self.configuration = configuration
        self.queue = Mutex(Queue(maximumRunning: configuration.maximumConnections))
        self.wakeup = try WakeupDescriptor()
        try IOThread.start { self.run() }
    }

    // MARK: - From any thread

    func makeID() -> Queue.ID { self.queue.withLock { $0.makeID() } }

    /// Takes a request over; its task is resumed in any case.
    func submit(_ submission: HTTPSubmission, id: Queue.ID) {
        // Whoever cancels the task first marks it, then calls `cancel`: under the lock one of the two sees the other.
        let answer = self.queue.withLock { queue -> Queue.Submission? in
            Task.isCancelled ? nil : queue.submit(submission, id: id, deadline: submission.deadline)
        }
        switch answer {
        case nil: submission.fail(.cancelled, "the task was cancelled")
        case .shutDown: submission.fail(.shutDown, "the transport was shut down")
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

    func shutDown() {
        if self.queue.withLock({ $0.shutDown() }) { self.wakeup.signal() }
    }

    // MARK: - On the I/O thread

    /// What the thread works with.
    private struct Table {
        var running: [Queue.ID: CurlHTTPExchange] = [:]
        var ids: [CurlEasyHandle.ID: Queue.ID] = [:]
        var spare: [CurlHTTPExchange] = []
    }

    private func run() {
        var table = Table()
        do throws(TransportError) {
            let multi = try CurlMultiHandle()
            try multi.set(CURLMOPT_MAXCONNECTS, self.configuration.maximumConnections)
            defer { Self.endAll(&table, TransportError(.shutDown, message: "the transport was shut down"), multi) }
            while try self.turn(&table, multi) {}
        } catch {
            // Without a working multi handle there is no transport; what comes later is told the same.
            _ = self.queue.withLock { $0.shutDown() }
            if case .finish(let waiting) = self.queue.withLock({ $0.nextStep(now: .now) }) {
                for submission in waiting { submission.fail(error.code, error.message) }
            }
        }
    }

    /// Does what the queue says, then what libcurl can do.
    ///
    /// - Returns: whether to go on.
    private func turn(_ table: inout Table, _ multi: borrowing CurlMultiHandle) throws(TransportError) -> Bool {
        let now = ContinuousClock.now
        switch self.queue.withLock({ $0.nextStep(now: now) }) {
        case .wait(let deadline):
            // libcurl's own timers shorten the wait.
            let limit = deadline.map { ($0 - now).milliseconds(atLeast: 0) } ?? .max
            if try multi.poll(milliseconds: limit, descriptor: self.wakeup.readEnd) { self.wakeup.clear() }
        case .work(let work):
            for submission in work.expired { submission.fail(.timedOut, "the time was over before a connection was free") }
            for id in work.stop { Self.end(id, &table, .failure(TransportError(.cancelled, message: "the task was cancelled")), multi) }
            for (id, submission) in work.begin { self.begin(submission, id, &table, now, multi) }
        case .finish(let waiting):
            for submission in waiting { submission.fail(.shutDown, "the transport was shut down") }
            return false
        }
        try multi.perform()
        while let (handle, result) = multi.nextFinished() {
            guard let id = table.ids[handle] else { continue }
            self.queue.withLock { $0.ended(id) }
            Self.end(id, &table, .success(result), multi)
        }
        return true
    }

    private func begin(
        _ submission: HTTPSubmission, _ id: Queue.ID, _ table: inout Table, _ now: ContinuousClock.Instant,
        _ multi: borrowing CurlMultiHandle
    ) {
        do throws(TransportError) {
            let exchange = if let spare = table.spare.popLast() { spare } else { try CurlHTTPExchange() }
            do throws(TransportError) {
                let maximum = self.configuration.maximumResponseHeadBytes
                try exchange.begin(submission, maximumHeadBytes: maximum, now: now, in: multi)
                table.running[id] = exchange
                table.ids[exchange.id] = id
            } catch {
                exchange.finish(.failure(error))
                self.queue.withLock { $0.ended(id) }
            }
        } catch {
            submission.continuation.resume(returning: .failure(error))
            self.queue.withLock { $0.ended(id) }
        }
    }

    private static func end(
        _ id: Queue.ID, _ table: inout Table, _ outcome: Result<CURLcode, TransportError>, _ multi: borrowing CurlMultiHandle
    ) {
        guard let exchange = table.running.removeValue(forKey: id) else { return }
        table.ids[exchange.id] = nil
        exchange.stop(in: multi)
        exchange.finish(outcome)
        table.spare.append(exchange)
    }

    private static func endAll(_ table: inout Table, _ error: TransportError, _ multi: borrowing CurlMultiHandle) {
        for id in Array(table.running.keys) { Self.end(id, &table, .failure(error), multi) }
    }
}
