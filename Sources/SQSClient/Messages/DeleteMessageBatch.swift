// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Deletes up to ten messages that were received, each of which succeeds or fails by itself.
///
/// API reference: [DeleteMessageBatch][reference].
///
/// [reference]: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessageBatch.html
public struct DeleteMessageBatch: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "DeleteMessageBatch" }

    /// The queue's URL.
    public var queueURL: String
    /// The receipt handles of the messages, ten at most; an entry's id is its place among them, from 0.
    public var receiptHandles: [String]

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueURL: the queue's URL.
    ///   - receiptHandles: the receipt handles of the messages, ten at most.
    public init(queueURL: String, receiptHandles: [String]) {
        self.queueURL = queueURL
        self.receiptHandles = receiptHandles
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// The entries that failed.
        public var failed: [BatchFailure]
    }

    private struct Entry: JSONEncodable {
        var id: Int
        var receiptHandle: String

        func encode(into writer: inout JSONWriter) {
            writer.beginObject()
            writer.member("Id", String(self.id))
            writer.member("ReceiptHandle", self.receiptHandle)
            writer.endObject()
        }
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
        request.json("Entries", self.receiptHandles.enumerated().map { Entry(id: $0.offset, receiptHandle: $0.element) })
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        Output(failed: try BatchFailure.all(in: &json))
    }
}
