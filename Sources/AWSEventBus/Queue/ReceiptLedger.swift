// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents

/// Knows which messages are received and not settled, and says when to extend their time and which to delete: sans-I/O.
///
/// A receipt is, from its arrival to its end, *held* → *settled* → gone; or held → given back. One that is held is extended whenever half of
/// its time is over, so that one extension may fail.
package struct ReceiptLedger: ~Copyable {
    package typealias Receipt = String

    package enum Action: Equatable {
        /// Delete these messages, and report those that failed: ``ReceiptLedger/deleteFailed(_:until:)``.
        case delete([Receipt])
        /// Hide these messages for another visibility timeout, from now on.
        case extend([Receipt])
        /// Nothing to do before this time or another input.
        case wait(until: ContinuousClock.Instant?)
    }

    /// How many entries a call has at most (Amazon SQS).
    package static let batchSize = 10

    private let visibilityTimeout: Duration
    private var extensions = DeadlineQueue<Receipt>()
    private var held: Set<Receipt> = []
    private var settled = FIFO<Receipt>()
    /// When deleting is tried again that failed.
    private var pause: ContinuousClock.Instant?

    package init(visibilityTimeout: Duration) {
        self.visibilityTimeout = visibilityTimeout
    }

    package var heldCount: Int { self.held.count }
    package var isSettled: Bool { self.settled.isEmpty }

    /// A message was received.
    package mutating func received(_ receipt: Receipt, at now: ContinuousClock.Instant) {
        self.held.insert(receipt)
        self.extensions.set(receipt, to: now + self.visibilityTimeout / 2)
    }

    /// A message is to be deleted.
    package mutating func settled(_ receipt: Receipt) {
        guard self.held.remove(receipt) != nil else { return }
        self.extensions.remove(receipt)
        self.settled.append(receipt)
    }

    /// These messages could not be deleted; they are tried again at a time.
    package mutating func deleteFailed(_ receipts: [Receipt], until time: ContinuousClock.Instant) {
        self.settled.prepend(contentsOf: receipts)
        self.pause = time
    }

    /// What is to be done now; asked again after each action and each input.
    package mutating func next(at now: ContinuousClock.Instant) -> Action {
        if let pause, pause <= now { self.pause = nil }
        var expired: [Receipt] = []
        while expired.count < Self.batchSize, let receipt = self.extensions.popExpired(at: now) {
            self.extensions.set(receipt, to: now + self.visibilityTimeout / 2)
            expired.append(receipt)
        }
        if !expired.isEmpty { return .extend(expired) }
        if self.pause == nil, !self.settled.isEmpty { return .delete(self.takeSettled()) }
        return .wait(until: [self.extensions.earliest, self.pause].compactMap { $0 }.min())
    }

    /// Up to a batch of what is settled, whatever failed before.
    package mutating func takeSettled() -> [Receipt] {
        var batch: [Receipt] = []
        while batch.count < Self.batchSize, let receipt = self.settled.popFirst() { batch.append(receipt) }
        return batch
    }

    /// Up to a batch of what is held, which is held no longer: it is given back.
    package mutating func takeHeld() -> [Receipt] {
        let batch = Array(self.held.prefix(Self.batchSize))
        for receipt in batch {
            self.held.remove(receipt)
            self.extensions.remove(receipt)
        }
        return batch
    }
}
