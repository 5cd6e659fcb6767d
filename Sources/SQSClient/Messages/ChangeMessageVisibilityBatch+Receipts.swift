// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension ChangeMessageVisibilityBatch {
    /// Hides messages for a time, or shows them, by their receipt handles; the id of an entry is its index.
    ///
    /// - Parameters:
    ///   - queueURL: the queue.
    ///   - receiptHandles: from ``ReceiveMessage``; at most ten.
    ///   - visibilityTimeout: how long from now, in seconds; 0 shows them.
    public init(queueURL: String, receiptHandles: [String], visibilityTimeout: Int) {
        self.init(
            queueURL: queueURL,
            entries: receiptHandles.enumerated().map {
                ChangeMessageVisibilityBatchRequestEntry(
                    id: String($0.offset), receiptHandle: $0.element, visibilityTimeout: visibilityTimeout)
            })
    }
}
