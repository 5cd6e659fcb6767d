// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension DeleteMessageBatch {
    /// Deletes messages by their receipt handles; the id of an entry is its index.
    ///
    /// - Parameters:
    ///   - queueURL: the queue.
    ///   - receiptHandles: from ``ReceiveMessage``; at most ten.
    public init(queueURL: String, receiptHandles: [String]) {
        self.init(
            queueURL: queueURL,
            entries: receiptHandles.enumerated().map { DeleteMessageBatchRequestEntry(id: String($0.offset), receiptHandle: $0.element) })
    }
}
