// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Deletes a message that was received; deleting it again is no error.
///
/// API reference: [DeleteMessage](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteMessage.html).
public struct DeleteMessage: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "DeleteMessage" }

    /// The queue's URL.
    public var queueURL: String
    /// The receipt handle of the message, from when it was received last.
    public var receiptHandle: String

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueURL: the queue's URL.
    ///   - receiptHandle: the receipt handle of the message, from when it was received last.
    public init(queueURL: String, receiptHandle: String) {
        self.queueURL = queueURL
        self.receiptHandle = receiptHandle
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
        request.json("ReceiptHandle", self.receiptHandle)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
