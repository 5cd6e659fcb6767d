// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Finds the URL of a queue by its name.
///
/// API reference: [GetQueueUrl](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueUrl.html).
public struct GetQueueURL: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "GetQueueUrl" }

    /// The queue's name.
    public var queueName: String
    /// The account of the queue's owner; `nil` is the caller's.
    public var queueOwnerAWSAccountID: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueName: the queue's name.
    ///   - queueOwnerAWSAccountID: the account of the queue's owner; `nil` is the caller's.
    public init(queueName: String, queueOwnerAWSAccountID: String? = nil) {
        self.queueName = queueName
        self.queueOwnerAWSAccountID = queueOwnerAWSAccountID
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The queue's URL.
        public var queueURL: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueName", self.queueName)
        request.json("QueueOwnerAWSAccountId", self.queueOwnerAWSAccountID)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "QueueUrl": output.queueURL = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
