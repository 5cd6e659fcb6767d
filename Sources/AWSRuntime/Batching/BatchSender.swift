// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Sends entries in batches and tells each one's outcome to who submitted it; ``BatchStateMachine`` decides, this one acts.
package final class BatchSender<Entry: Sendable, Receipt: Sendable>: Sendable {
    /// Sends entries in one call; gives the outcome of each, in their order, or the error of the call.
    package typealias Call = @Sendable ([Entry]) async throws(AWSError) -> [Result<Receipt, AWSError>]
    private typealias EntryID = BatchStateMachine.EntryID
    private typealias Outcome = Result<Receipt, AWSError>

    private struct State: ~Copyable {
        var machine: BatchStateMachine
        var lastID: EntryID = 0
        var isClosed = false
        var entries: [EntryID: Entry] = [:]
        /// What the last call with an entry came to.
        var outcomes: [EntryID: Outcome] = [:]
        /// The entries whose outcome somebody asks for, or will.
        var slots: [EntryID: Slot] = [:]
    }

    private enum Slot {
        case open
        case awaited(CheckedContinuation<Outcome, Never>)
        case filled(Outcome)
    }

    private enum Command: Sendable {
        case send([EntryID])
        case sleep(ContinuousClock.Instant)
    }

    private let state: Mutex<State>
    private let call: Call
    private let limits: BatchLimits
    private let name: String
    // Holds at most one command for each entry under way, and the timers.
    private let commands: AsyncStream<Command>
    private let continuation: AsyncStream<Command>.Continuation

    /// Makes a sender, which sends while ``run()`` does.
    ///
    /// - Parameters:
    ///   - name: what it sends, for messages.
    ///   - limits: what a call may hold, and when it goes.
    ///   - call: makes a call.
    package init(_ name: String, limits: BatchLimits, call: @escaping Call) {
        self.name = name
        self.limits = limits
        self.state = Mutex(State(machine: BatchStateMachine(limits: limits)))
        self.call = call
        (self.commands, self.continuation) = AsyncStream.makeStream()
    }

    /// Sends an entry with others, and waits for its outcome.
    ///
    /// Cancelling the task takes the entry back if it is not under way, and ends the wait at once.
    ///
    /// - Parameters:
    ///   - entry: what to send.
    ///   - bytes: its size.
    ///   - group: where entries are to keep their order, the group.
    /// - Returns: its receipt.
    /// - Throws: why it was not sent, or may not have been.
    package func submit(_ entry: Entry, bytes: Int = 0, group: String? = nil) async throws(AWSError) -> Receipt {
        try await self.outcome(of: self.enqueue(entry, bytes: bytes, group: group)).get()
    }

    /// Sends entries, which keep their order where they are of one group.
    ///
    /// - Parameters:
    ///   - entries: what to send.
    ///   - measure: gives the size of an entry and, where entries are to keep their order, its group.
    /// - Returns: the outcome of each.
    package func submit(
        contentsOf entries: [Entry], _ measure: (Entry) -> (bytes: Int, group: String?)
    ) async -> [Result<Receipt, AWSError>] {
        let ids = entries.map { entry in
            let (bytes, group) = measure(entry)
            return Result { () throws(AWSError) in try self.enqueue(entry, bytes: bytes, group: group) }
        }
        var outcomes: [Result<Receipt, AWSError>] = []
        outcomes.reserveCapacity(ids.count)
        for id in ids {
            switch id {
            case .success(let id): outcomes.append(await self.outcome(of: id))
            case .failure(let error): outcomes.append(.failure(error))
            }
        }
        return outcomes
    }

    /// Lets an entry go with others; ``outcome(of:)`` is to be asked for each.
    private func enqueue(_ entry: Entry, bytes: Int, group: String?) throws(AWSError) -> BatchStateMachine.EntryID {
        guard bytes <= self.limits.bytes else {
            throw AWSError(
                .invalidRequest, code: .messageTooLong,
                message: "the \(self.name) has \(bytes) bytes with its attributes, more than the \(self.limits.bytes) of a batch: "
                    + "put its data elsewhere, and send where it is")
        }
        let id: EntryID? = self.state.withLock { state in
            guard !state.isClosed else { return nil }
            state.lastID += 1
            let id = state.lastID
            state.entries[id] = entry
            state.slots[id] = .open
            self.apply(state.machine.submitted(id, bytes: bytes, group: group, at: .now), &state)
            return id
        }
        guard let id else {
            throw AWSError(
                .invalidRequest, code: "SenderClosed", message: "the closure that this sender was given to has returned: send within it")
        }
        return id
    }

    /// Waits for the outcome of an entry, which can be asked for once.
    private func outcome(of id: BatchStateMachine.EntryID) async -> Result<Receipt, AWSError> {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let outcome: Outcome? = self.state.withLock { state in
                    switch state.slots[id] {
                    case .open:
                        state.slots[id] = .awaited(waiter)
                        return nil
                    case .filled(let outcome):
                        state.slots[id] = nil
                        return outcome
                    // A cancellation was before this.
                    case .awaited, nil: return .failure(self.cancelled)
                    }
                }
                if let outcome { waiter.resume(returning: outcome) }
            }
        } onCancel: {
            self.withdraw(id)
        }
    }

    /// Makes the calls until ``finish()`` was called and the last one is answered.
    ///
    /// Cancelling the task breaks them off; who waits is told so.
    package func run() async {
        await withDiscardingTaskGroup { group in
            for await command in self.commands {
                group.addTask { await self.perform(command) }
            }
            // What is left are timers, or calls that were cancelled with this task.
            group.cancelAll()
        }
        let waiters = self.state.withLock { state in
            state.isClosed = true
            var waiters: [CheckedContinuation<Outcome, Never>] = []
            for (id, slot) in state.slots {
                switch slot {
                case .open: state.slots[id] = .filled(.failure(self.cancelled))
                case .awaited(let waiter):
                    state.slots[id] = nil
                    waiters.append(waiter)
                case .filled: break
                }
            }
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: .failure(self.cancelled)) }
    }

    /// Takes no more entries; those that wait go now.
    package func finish() {
        self.state.withLock { state in
            state.isClosed = true
            self.apply(state.machine.finished(at: .now), &state)
        }
    }

    private func withdraw(_ id: EntryID) {
        let waiter: CheckedContinuation<Outcome, Never>? = self.state.withLock { state in
            let slot = state.slots.removeValue(forKey: id)
            let (isWithdrawn, actions) = state.machine.withdrawn(id, at: .now)
            if isWithdrawn {
                state.entries[id] = nil
                state.outcomes[id] = nil
            }
            self.apply(actions, &state)
            guard case .awaited(let waiter) = slot else { return nil }
            return waiter
        }
        waiter?.resume(returning: .failure(self.cancelled))
    }

    // MARK: Commands

    private func perform(_ command: Command) async {
        switch command {
        case .sleep(let deadline):
            guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
            self.state.withLock { self.apply($0.machine.timerFired(at: .now), &$0) }
        case .send(let ids):
            let entries = self.state.withLock { state in ids.compactMap { state.entries[$0] } }
            let outcomes = await self.outcomes(of: entries)
            self.state.withLock { state in
                for (id, outcome) in zip(ids, outcomes) { state.outcomes[id] = outcome }
                let isRefusedWhole = ids.count > 1 && outcomes.allSatisfy { $0.failure?.mayBeForOneEntry ?? false }
                let actions = state.machine.callAnswered(
                    zip(ids, outcomes).map { (id: $0, outcome: self.isRetried($1, isRefusedWhole) ? .retryable : .final) }, at: .now)
                self.apply(actions, &state)
            }
        }
    }

    private func outcomes(of entries: [Entry]) async -> [Outcome] {
        do throws(AWSError) {
            return try await self.call(entries)
        } catch {
            return entries.map { _ in .failure(error) }
        }
    }

    /// Whether an entry goes again alone: a call was retried by the client already, but one that was refused may have been so for the fault
    /// of one entry, and a single entry may have failed where the others did not.
    private func isRetried(_ outcome: Outcome, _ isRefusedWhole: Bool) -> Bool {
        guard let error = outcome.failure else { return false }
        return isRefusedWhole || (error.isRetryable && error.status == nil && error.kind == .service)
    }

    private func apply(_ actions: [BatchStateMachine.Action], _ state: inout State) {
        for action in actions {
            switch action {
            case .send(let ids): self.continuation.yield(.send(ids))
            case .setTimer(let deadline): self.continuation.yield(.sleep(deadline))
            case .finish: self.continuation.finish()
            case .complete(let id):
                state.entries[id] = nil
                guard let outcome = state.outcomes.removeValue(forKey: id) else { continue }
                switch state.slots.removeValue(forKey: id) {
                case .awaited(let waiter): waiter.resume(returning: outcome)
                case .open: state.slots[id] = .filled(outcome)
                case .filled, nil: break
                }
            }
        }
    }

    private var cancelled: AWSError {
        AWSError(
            .cancelled, code: "Cancelled", message: "the task was cancelled; whether the \(self.name) was sent is unknown")
    }
}

extension Result {
    /// The error, where there is one.
    fileprivate var failure: Failure? {
        guard case .failure(let error) = self else { return nil }
        return error
    }
}
