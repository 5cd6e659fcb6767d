// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import Synchronization

/// Receives the messages of one queue and settles them; ``ConsumerStateMachine`` decides, this one acts.
final class MessageConsumer: Sendable {
    typealias MessageID = ConsumerStateMachine.MessageID
    private typealias Waiter = CheckedContinuation<Result<ReceivedMessage?, AWSError>, Never>

    private struct State: ~Copyable {
        var machine: ConsumerStateMachine
        var lastID: MessageID = 0
        var messages: [MessageID: Message] = [:]
        var waiters: [ConsumerStateMachine.WaiterID: Waiter] = [:]
        /// Why no message will come any more.
        var failure: AWSError?
        var isClosed = false
    }

    private enum Command: Sendable {
        case poll(Int)
        case delete(MessageID, receipt: String)
        case release(MessageID, receipt: String, after: Duration)
        case extend(MessageID, receipt: String, for: Duration)
        case sleep(ContinuousClock.Instant)
        case giveUp(after: Duration)
    }

    private let sqs: SQSClient
    private let queueURL: String
    private let configuration: MessageConsumerConfiguration
    private let isFIFO: Bool
    private let deletions: BatchSender<String, Void>
    private let changes: BatchSender<VisibilityChange, Void>
    private let state: Mutex<State>
    // Holds at most two commands for each message here, one for each poller, and the timers.
    private let commands: AsyncStream<Command>
    private let continuation: AsyncStream<Command>.Continuation

    private struct VisibilityChange: Sendable {
        var receipt: String
        var seconds: Int
    }

    init(_ sqs: SQSClient, from queueURL: String, configuration: MessageConsumerConfiguration) {
        let configuration = configuration.withinLimits(of: sqs.client.configuration)
        self.sqs = sqs
        self.queueURL = queueURL
        self.configuration = configuration
        self.isFIFO = queueURL.hasSuffix(".fifo")
        self.state = Mutex(State(machine: ConsumerStateMachine(configuration, keepsGroups: self.isFIFO)))
        (self.commands, self.continuation) = AsyncStream.makeStream()
        let limits = BatchLimits(linger: configuration.linger, calls: max(configuration.pollers, 1))
        self.deletions = BatchSender("deletion", limits: limits) { receipts throws(AWSError) in
            let output = try await sqs.send(DeleteMessageBatch(queueURL: queueURL, receiptHandles: receipts))
            return output.failed.outcomes(of: receipts.count)
        }
        self.changes = BatchSender("change of visibility", limits: limits) { changes throws(AWSError) in
            let entries = changes.enumerated().map {
                ChangeMessageVisibilityBatchRequestEntry(
                    id: String($0.offset), receiptHandle: $0.element.receipt, visibilityTimeout: $0.element.seconds)
            }
            let output = try await sqs.send(ChangeMessageVisibilityBatch(queueURL: queueURL, entries: entries))
            return output.failed.outcomes(of: changes.count)
        }
    }

    // MARK: The life

    /// Receives until ``stop()`` was called and what is here is settled, or the time for that is over.
    ///
    /// Cancelling the task ends everything at once: what is not deleted comes again.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.deletions.run() }
            group.addTask { await self.changes.run() }
            self.state.withLock { self.apply($0.machine.started(at: .now), &$0) }
            for await command in self.commands {
                group.addTask { await self.perform(command) }
            }
            group.cancelAll()
        }
        let waiters = self.state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.resume(returning: .success(nil)) }
    }

    /// Ends receiving.
    func stop() {
        self.continuation.yield(.giveUp(after: self.configuration.drainTimeout))
        self.state.withLock { self.apply($0.machine.stopped(at: .now), &$0) }
    }

    // MARK: Who handles messages

    func next() async throws(AWSError) -> ReceivedMessage? {
        let id: ConsumerStateMachine.WaiterID = self.state.withLock { state in
            state.lastID += 1
            return state.lastID
        }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { waiter in
                let end: Result<ReceivedMessage?, AWSError>? = self.state.withLock { state in
                    if let failure = state.failure { return .failure(failure) }
                    // A cancellation before this one found nobody to end the wait of.
                    if state.isClosed || Task.isCancelled { return .success(nil) }
                    state.waiters[id] = waiter
                    self.apply(state.machine.nextRequested(id, at: .now), &state)
                    return nil
                }
                if let end { waiter.resume(returning: end) }
            }
        } onCancel: {
            let waiter = self.state.withLock { state in
                state.machine.nextCancelled(id)
                return state.waiters.removeValue(forKey: id)
            }
            waiter?.resume(returning: .success(nil))
        }
        return try result.get()
    }

    func delete(_ id: MessageID) {
        self.state.withLock { self.apply($0.machine.handled(id, at: .now), &$0) }
    }

    func release(_ id: MessageID, after delay: Duration) {
        self.state.withLock { self.apply($0.machine.released(id, after: delay, at: .now), &$0) }
    }

    // MARK: Commands

    private func apply(_ actions: [ConsumerStateMachine.Action], _ state: inout State) {
        for action in actions {
            switch action {
            case .poll(let count): self.continuation.yield(.poll(count))
            case .setTimer(let deadline): self.continuation.yield(.sleep(deadline))
            case .delete(let id): self.continuation.yield(.delete(id, receipt: state.messages[id]?.receiptHandle ?? ""))
            case .release(let id, let delay):
                self.continuation.yield(.release(id, receipt: state.messages[id]?.receiptHandle ?? "", after: delay))
            case .extend(let id, let duration):
                self.continuation.yield(.extend(id, receipt: state.messages[id]?.receiptHandle ?? "", for: duration))
            case .forget(let id): state.messages[id] = nil
            case .deliver(let id, let waiter):
                guard let message = state.messages[id] else { continue }
                state.waiters.removeValue(forKey: waiter)?
                    .resume(returning: .success(ReceivedMessage(message: message, id: id, consumer: self)))
            case .end(let waiter):
                let result: Result<ReceivedMessage?, AWSError> = state.failure.map { .failure($0) } ?? .success(nil)
                state.waiters.removeValue(forKey: waiter)?.resume(returning: result)
            case .finish: self.continuation.finish()
            }
        }
    }

    private func perform(_ command: Command) async {
        switch command {
        case .poll(let count): await self.poll(count)
        case .sleep(let deadline):
            guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else { return }
            self.state.withLock { self.apply($0.machine.timerFired(at: .now), &$0) }
        case .giveUp(let patience):
            guard (try? await Task.sleep(for: patience)) != nil else { return }
            self.continuation.finish()
        case .delete(let id, let receipt):
            await self.report { () async throws(AWSError) in
                try await self.deletions.submit(receipt)
            }
            self.state.withLock { self.apply($0.machine.settlementEnded(id, at: .now), &$0) }
        case .release(let id, let receipt, let delay):
            await self.report { () async throws(AWSError) in
                try await self.change(receipt, to: delay)
            }
            self.state.withLock { self.apply($0.machine.settlementEnded(id, at: .now), &$0) }
        case .extend(let id, let receipt, let duration):
            let start = ContinuousClock.now
            do throws(AWSError) {
                try await self.change(receipt, to: duration)
                self.state.withLock { $0.machine.extended(id, hiddenUntil: start + duration) }
            } catch {
                let isMissed = self.state.withLock { state in
                    defer { self.apply(state.machine.extensionFailed(id, isRetryable: !Self.isFinal(error), at: .now), &state) }
                    return state.machine.isKeptHidden(id)
                }
                if isMissed, error.kind != .cancelled { self.configuration.onError?(error) }
            }
        }
    }

    private func change(_ receipt: String, to timeout: Duration) async throws(AWSError) {
        let seconds = min(max(Int(timeout.components.seconds), 0), 43_200)
        try await self.changes.submit(VisibilityChange(receipt: receipt, seconds: seconds))
    }

    /// Does something after which receiving goes on, whatever it comes to.
    private func report(_ body: () async throws(AWSError) -> Void) async {
        do throws(AWSError) {
            try await body()
        } catch {
            if error.kind != .cancelled { self.configuration.onError?(error) }
        }
    }

    /// Whether another call of the same would fail too, or is not wanted any more.
    private static func isFinal(_ error: AWSError) -> Bool {
        // Too many messages are in flight, here and elsewhere: there is room again when some were settled.
        guard error.code != "OverLimit" else { return false }
        return [.cancelled, .invalidRequest, .configuration].contains(error.kind) || (error.kind == .service && !error.isRetryable)
    }

    private func poll(_ count: Int) async {
        do throws(AWSError) {
            let output = try await self.sqs.send(
                ReceiveMessage(
                    queueURL: self.queueURL, messageSystemAttributeNames: [.all], messageAttributeNames: self.configuration.attributeNames,
                    maxNumberOfMessages: count, visibilityTimeout: Int(self.configuration.visibilityTimeout.components.seconds),
                    waitTimeSeconds: Int(self.configuration.waitTime.components.seconds),
                    receiveRequestAttemptID: self.isFIFO ? Self.attemptID() : nil))
            // An answer without a receipt could not be settled, and one longer than asked for would have no room.
            let messages = (output.messages ?? []).filter { $0.receiptHandle != nil }.prefix(count)
            self.state.withLock { state in
                let received = messages.map { message in
                    state.lastID += 1
                    state.messages[state.lastID] = message
                    return (id: state.lastID, group: message.attributes?["MessageGroupId"])
                }
                self.apply(state.machine.pollAnswered(received, asked: count, at: .now), &state)
            }
        } catch {
            let isFinal = Self.isFinal(error)
            self.state.withLock { state in
                if isFinal, error.kind != .cancelled { state.failure = state.failure ?? error }
                self.apply(
                    state.machine.pollFailed(asked: count, isRetryable: !isFinal, jitter: .random(in: 0..<1), at: .now), &state)
            }
            if !isFinal { self.configuration.onError?(error) }
        }
    }

    /// Under which SQS knows a call for messages of a FIFO queue, so that the second attempt gets what the first one did.
    private static func attemptID() -> String {
        String(UInt64.random(in: .min ... .max), radix: 36) + String(UInt64.random(in: .min ... .max), radix: 36)
    }
}
