// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import LamassuEvents

/// Knows which messages are received and not settled, and says when to extend their time and which to delete: sans-I/O.
///
/// A receipt is, from its arrival to its end, *held* → *settled* → gone; or held → given back. One that is held is extended whenever half of
/// its time is over, so that some extensions may fail. Extensions and deletions are asked for apart: none waits for a call of the other.
package struct ReceiptLedger: ~Copyable {
    package typealias Receipt = String

    package enum Action: Equatable {
        /// Make the call for these messages, and report those for which it failed.
        case call([Receipt])
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

    /// These messages could not be kept hidden; those that are still held are tried again at a time.
    package mutating func extendFailed(_ receipts: [Receipt], until time: ContinuousClock.Instant) {
        for receipt in receipts where self.held.contains(receipt) { self.extensions.set(receipt, to: time) }
    }

    /// Which to hide for another visibility timeout from now on, or ``extendFailed(_:until:)``; asked again after each action and each input.
    package mutating func nextExtension(at now: ContinuousClock.Instant) -> Action {
        var expired: [Receipt] = []
        while expired.count < Self.batchSize, let receipt = self.extensions.popExpired(at: now) {
            self.extensions.set(receipt, to: now + self.visibilityTimeout / 2)
            expired.append(receipt)
        }
        return expired.isEmpty ? .wait(until: self.extensions.earliest) : .call(expired)
    }

    /// Which to delete now, or ``deleteFailed(_:until:)``; asked again after each action and each input.
    package mutating func nextDeletion(at now: ContinuousClock.Instant) -> Action {
        if let pause, pause <= now { self.pause = nil }
        guard self.pause == nil, !self.settled.isEmpty else { return .wait(until: self.pause) }
        return .call(self.takeSettled())
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
