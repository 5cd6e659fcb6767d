// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import Logging
internal import SQSClient
internal import Synchronization

extension QueueSubscriber {
    /// After which time a call that failed is repeated.
    private static let pause = Duration.seconds(1)
    /// How long the last calls of a drain may take.
    private static let flushTimeout = Duration.seconds(5)

    /// Extends the time of what is held and deletes what is settled, until a drain is complete; then deletes the rest and gives back what
    /// is held, so that a successor has it at once.
    func keep(until drained: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled { await self.extendOnce() }
            }
            group.addTask {
                while !Task.isCancelled { await self.deleteOnce() }
            }
            group.addTask { await drained.wait() }
            await group.next()
            group.cancelAll()
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.flush() }
            group.addTask { try? await Task.sleep(for: Self.flushTimeout) }
            await group.next()
            group.cancelAll()
        }
    }

    private func extendOnce() async {
        switch self.ledger.withLock({ $0.nextExtension(at: .now) }) {
        case .call(let receipts):
            let failed = await self.change(receipts, visibilityTimeout: self.configuration.visibilityTimeout)
            self.ledger.withLock { $0.extendFailed(failed, until: .now + Self.pause) }
        case .wait(let deadline): await self.received.wait(until: deadline)
        }
    }

    private func deleteOnce() async {
        switch self.ledger.withLock({ $0.nextDeletion(at: .now) }) {
        case .call(let receipts):
            let failed = await self.delete(receipts)
            guard !failed.isEmpty else { return }
            self.ledger.withLock { $0.deleteFailed(failed, until: .now + Self.pause) }
        case .wait(let deadline): await self.settled.wait(until: deadline)
        }
    }

    private func flush() async {
        while case let receipts = self.ledger.withLock({ $0.takeSettled() }), !receipts.isEmpty {
            let failed = await self.delete(receipts)
            if !failed.isEmpty { self.logger.warning("\(failed.count) messages that are settled could not be deleted, they come again") }
        }
        while case let receipts = self.ledger.withLock({ $0.takeHeld() }), !receipts.isEmpty {
            _ = await self.change(receipts, visibilityTimeout: .zero)
        }
    }

    /// Deletes messages.
    ///
    /// - Returns: those that can be tried again.
    private func delete(_ receipts: [String]) async -> [String] {
        await self.call(for: receipts, "messages that are settled could not be deleted yet") { queueURL throws(AWSError) in
            try await self.sqs.send(DeleteMessageBatch(queueURL: queueURL, receiptHandles: receipts)).failed
        }
    }

    /// Hides messages from now on for a time; with none they can be received at once.
    ///
    /// - Returns: those that can be tried again.
    private func change(_ receipts: [String], visibilityTimeout: Duration) async -> [String] {
        let seconds = visibilityTimeout == .zero ? 0 : AWSEventBusConfiguration.seconds(visibilityTimeout, atMost: 43_200)
        // A message that becomes visible comes again, and waits behind itself.
        return await self.call(for: receipts, "messages could not be kept hidden") { queueURL throws(AWSError) in
            try await self.sqs.send(
                ChangeMessageVisibilityBatch(queueURL: queueURL, receiptHandles: receipts, visibilityTimeout: seconds)
            ).failed
        }
    }

    private func call(
        for receipts: [String], _ warning: Logger.Message, _ body: (String) async throws(AWSError) -> [BatchFailure]?
    ) async -> [String] {
        guard let queueURL = self.addresses.withLock({ $0?.queueURL }) else { return receipts }
        let failures: [BatchFailure]
        do throws(AWSError) {
            failures = try await body(queueURL) ?? []
        } catch {
            self.logger.warning(warning, metadata: ["error": "\(error)"])
            return receipts
        }
        if let failure = failures.first {
            self.logger.warning(warning, metadata: ["error": "\(failure.code ?? "")", "messages": "\(failures.count)"])
        }
        // A receipt that is at fault is too old: the message comes again, and is known by its id.
        return failures.compactMap { failure in
            guard failure.senderFault != true, let index = failure.id.flatMap({ Int($0) }) else { return nil }
            return receipts.indices.contains(index) ? receipts[index] : nil
        }
    }
}
