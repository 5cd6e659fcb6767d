// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents
internal import Logging
internal import SQSClient
internal import Synchronization

extension QueueSubscriber {
    /// How long the last calls of a drain may take.
    private static let flushTimeout = Duration.seconds(5)

    /// Extends the time of what is held and deletes what is settled, until a drain is complete; then deletes the rest and gives back what
    /// is held, so that a successor has it at once.
    func keep(until drained: Latch) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while !Task.isCancelled { await self.keepOnce() }
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

    private func keepOnce() async {
        let action = self.ledger.withLock { $0.next(at: .now) }
        guard let queueURL = self.addresses.withLock({ $0?.queueURL }) else { return await self.wakeup.wait(until: .now + .seconds(1)) }
        switch action {
        case .wait(let deadline): await self.wakeup.wait(until: deadline)
        case .extend(let receipts):
            await self.change(receipts, visibilityTimeout: self.configuration.visibilityTimeout, in: queueURL)
        case .delete(let receipts):
            let failed = await self.delete(receipts, in: queueURL)
            guard !failed.isEmpty else { return }
            self.ledger.withLock { $0.deleteFailed(failed, until: .now + .seconds(1)) }
        }
    }

    private func flush() async {
        guard let queueURL = self.addresses.withLock({ $0?.queueURL }) else { return }
        while case let receipts = self.ledger.withLock({ $0.takeSettled() }), !receipts.isEmpty {
            let failed = await self.delete(receipts, in: queueURL)
            if !failed.isEmpty { self.logger.warning("\(failed.count) messages that are settled could not be deleted, they come again") }
        }
        while case let receipts = self.ledger.withLock({ $0.takeHeld() }), !receipts.isEmpty {
            await self.change(receipts, visibilityTimeout: .zero, in: queueURL)
        }
    }

    /// Deletes messages.
    ///
    /// - Returns: those that can be tried again.
    private func delete(_ receipts: [String], in queueURL: String) async -> [String] {
        do throws(AWSError) {
            let output = try await self.sqs.send(DeleteMessageBatch(queueURL: queueURL, receiptHandles: receipts))
            // A receipt that is at fault is too old: the message comes again, and is known by its id.
            return (output.failed ?? []).filter { $0.senderFault != true }.compactMap { failure in
                failure.id.flatMap { Int($0) }.flatMap { receipts.indices.contains($0) ? receipts[$0] : nil }
            }
        } catch {
            self.logger.warning("messages that are settled could not be deleted yet", metadata: ["error": "\(error)"])
            return receipts
        }
    }

    private func change(_ receipts: [String], visibilityTimeout: Duration, in queueURL: String) async {
        let seconds = visibilityTimeout == .zero ? 0 : AWSEventBusConfiguration.seconds(visibilityTimeout, atMost: 43_200)
        do throws(AWSError) {
            _ = try await self.sqs.send(
                ChangeMessageVisibilityBatch(queueURL: queueURL, receiptHandles: receipts, visibilityTimeout: seconds))
        } catch {
            // Tried again when half of what is left is over; a message that becomes visible comes again, and waits behind itself.
            self.logger.warning("messages could not be kept hidden", metadata: ["error": "\(error)"])
        }
    }
}
