// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire

/// Who waits for what became of a channel's messages, and the messages that are to be written, or may have to be again.
///
/// The messages of a batch have ids in a row, so that nothing needs to be kept for each of them.
struct PublishTable {
    private struct Entry {
        let waiter: PublishWaiter
        var message: OutgoingMessage?
    }

    /// Whether a message is kept until it is settled, to be written again on another connection.
    private let isKeeping: Bool
    private var entries: [RequestID: Entry] = [:]
    /// In the order of their ids.
    private var batches: [PublishBatch] = []

    init(isKeeping: Bool) { self.isKeeping = isKeeping }

    /// Has one wait, with its message, which was written or waits too.
    mutating func add(_ id: RequestID, _ waiter: PublishWaiter, _ message: OutgoingMessage, wasWritten: Bool) {
        self.entries[id] = Entry(waiter: waiter, message: wasWritten && !self.isKeeping ? nil : message)
    }

    /// Has one wait for all of a batch.
    mutating func add(_ batch: PublishBatch) {
        self.batches.insert(batch, at: self.firstBatch(behind: batch.ids.lowerBound))
    }

    /// The message that is to be written now; it is kept as long as its batch, or as it may have to be written again.
    mutating func takeMessage(_ id: RequestID) -> OutgoingMessage? {
        let message = self.isKeeping ? self.entries[id]?.message : self.entries[id]?.message.take()
        return message ?? self.batch(of: id).flatMap { self.batches[$0].message(id) }
    }

    /// A message was written.
    ///
    /// - Returns: whom to tell, when that was all.
    mutating func written(_ id: RequestID) -> PublishWaiter.Continuation? {
        guard case .write(let continuation)? = self.entries[id]?.waiter else { return nil }
        self.entries[id] = nil
        return continuation
    }

    /// Takes the outcome of a message in.
    ///
    /// - Returns: whom to tell what; `nil` where more of its batch are to come, or nobody waits any more.
    mutating func settle(_ id: RequestID, failing error: AMQPError?) -> (PublishWaiter.Continuation, AMQPError?)? {
        if let index = self.batch(of: id) {
            guard let finished = self.batches[index].settle(id, failing: error) else { return nil }
            self.batches.remove(at: index)
            return finished
        }
        switch self.entries.removeValue(forKey: id)?.waiter {
        case .confirm(let continuation)?, .write(let continuation)?: return (continuation, error)
        case nil: return nil
        }
    }

    private func batch(of id: RequestID) -> Int? {
        let index = self.firstBatch(behind: id) - 1
        return index >= 0 && self.batches[index].ids.contains(id) ? index : nil
    }

    /// The place of the first batch whose ids begin behind an id.
    private func firstBatch(behind id: RequestID) -> Int {
        var range = self.batches.indices
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            range = self.batches[middle].ids.lowerBound > id ? range.lowerBound..<middle : middle + 1..<range.upperBound
        }
        return range.lowerBound
    }
}
