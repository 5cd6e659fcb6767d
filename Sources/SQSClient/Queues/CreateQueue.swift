// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Makes a queue; one of the same name and attributes that exists is no error, and is answered.
///
/// API reference: [CreateQueue](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html).
public struct CreateQueue: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "CreateQueue" }

    /// The queue's name: letters, digits, `-` and `_`, 80 at most; a FIFO queue's ends in `.fifo`.
    public var queueName: String
    /// The queue's attributes, such as `RedrivePolicy`; all are text, also numbers.
    public var attributes: [String: String]?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueName: the queue's name.
    ///   - attributes: the queue's attributes.
    public init(queueName: String, attributes: [String: String]? = nil) {
        self.queueName = queueName
        self.attributes = attributes
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The queue's URL.
        public var queueURL: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueName", self.queueName)
        request.json("Attributes", self.attributes)
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
