// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import Dispatch
internal import LamassuEvents
internal import Logging
internal import Synchronization

/// Runs the jobs of a store one batch after the other, on a queue of its own, where waiting for the disk holds up nobody else.
///
/// What comes while a batch is written is the next batch: one transaction and one sync for all of it. The jobs that wait are as many as
/// there are callers that wait, so that the line needs no limit of its own.
final class OutboxWorker: Sendable {
    private struct Line {
        var jobs: [any OutboxJob] = []
        var isRunning = false
    }

    private let line = Mutex(Line())
    /// Locked by the queue alone, on which no two batches run at a time.
    private let session: Mutex<OutboxSession>
    private let queue = DispatchQueue(label: "lamassu-outbox")

    init(_ session: consuming sending OutboxSession) {
        self.session = Mutex(session)
    }

    /// Does something in a transaction, and returns when it is committed.
    ///
    /// - Parameters:
    ///   - effect: what the transaction is for.
    ///   - body: what is to be done; a failure that it returns is its caller's alone, one that it throws undoes the transaction.
    func perform<Value: Sendable>(
        _ effect: OutboxEffect, _ body: @escaping OutboxCall<Value>.Body
    ) async throws(LamassuEventsError) -> Value {
        let outcome = await withCheckedContinuation { self.add(OutboxCall(effect, body, $0)) }
        return try outcome.get()
    }

    /// Opens the database, unless it is.
    func open() async throws(LamassuEventsError) {
        let result = await self.onQueue { session -> Result<Void, LamassuEventsError> in
            do throws(LamassuEventsError) { return .success(try session.open()) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Gives back what the store holds, and closes the database until somebody needs it again.
    func close() async {
        await self.onQueue { $0.close() }
    }

    /// Closes the database when what was begun is done.
    func closeLater() {
        self.queue.async { self.session.withLock { $0.close() } }
    }

    private func onQueue<Value: Sendable>(_ body: @escaping @Sendable (inout OutboxSession) -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            self.queue.async { continuation.resume(returning: self.session.withLock { body(&$0) }) }
        }
    }

    private func add(_ job: any OutboxJob) {
        let isFirst = self.line.withLock { line in
            line.jobs.append(job)
            defer { line.isRunning = true }
            return !line.isRunning
        }
        if isFirst { self.queue.async { self.run() } }
    }

    private func run() {
        while true {
            let jobs = self.line.withLock { line in
                defer { line.jobs.removeAll(keepingCapacity: true) }
                if line.jobs.isEmpty { line.isRunning = false }
                return line.jobs
            }
            if jobs.isEmpty { break }
            self.session.withLock { $0.run(jobs) }
        }
        // Nobody waits: time for what can wait.
        while self.line.withLock({ !$0.isRunning }), self.session.withLock({ $0.tidy() }) {}
    }
}
