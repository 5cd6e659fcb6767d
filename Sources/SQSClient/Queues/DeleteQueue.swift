// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Deletes a queue with all that is in it.
///
/// API reference: [DeleteQueue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_DeleteQueue.html).
public struct DeleteQueue: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "DeleteQueue" }

    /// The queue's URL.
    public var queueURL: String

    /// Makes the operation.
    ///
    /// - Parameter queueURL: the queue's URL.
    public init(queueURL: String) { self.queueURL = queueURL }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
    }

    /// What AWS answers: nothing.
    public typealias Output = Void
}
