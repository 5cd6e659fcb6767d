// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Sets for how much longer up to ten messages that were received stay hidden, each of which succeeds or fails by itself.
///
/// API reference: [ChangeMessageVisibilityBatch][reference].
///
/// [reference]: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ChangeMessageVisibilityBatch.html
public struct ChangeMessageVisibilityBatch: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "ChangeMessageVisibilityBatch" }

    /// The queue's URL.
    public var queueURL: String
    /// The receipt handles of the messages, ten at most; an entry's id is its place among them, from 0.
    public var receiptHandles: [String]
    /// For how long they stay hidden from now on, from 0 to 43200 seconds; at most 12 hours from when they were received.
    public var visibilityTimeout: Int

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueURL: the queue's URL.
    ///   - receiptHandles: the receipt handles of the messages, ten at most.
    ///   - visibilityTimeout: for how long they stay hidden from now on, in seconds.
    public init(queueURL: String, receiptHandles: [String], visibilityTimeout: Int) {
        self.queueURL = queueURL
        self.receiptHandles = receiptHandles
        self.visibilityTimeout = visibilityTimeout
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// The entries that failed.
        public var failed: [BatchFailure]
    }

    private struct Entry: JSONEncodable {
        var id: Int
        var receiptHandle: String
        var visibilityTimeout: Int

        func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("Id", String(self.id))
            writer.member("ReceiptHandle", self.receiptHandle)
            writer.member("VisibilityTimeout", self.visibilityTimeout)
            writer.endObject()
        }
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
        request.json(
            "Entries",
            self.receiptHandles.enumerated().map {
                Entry(id: $0.offset, receiptHandle: $0.element, visibilityTimeout: self.visibilityTimeout)
            })
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        Output(failed: try BatchFailure.all(in: &json))
    }
}
