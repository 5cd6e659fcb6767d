// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes a queue.
///
/// API reference: [GetQueueAttributes](https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_GetQueueAttributes.html).
public struct GetQueueAttributes: SQSOperation {
    /// The operation's name in the model.
    public static var name: String { "GetQueueAttributes" }

    /// The queue's URL.
    public var queueURL: String
    /// What should be answered, such as `ApproximateNumberOfMessages`; `All` for everything, `nil` for nothing.
    public var attributeNames: [String]?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - queueURL: the queue's URL.
    ///   - attributeNames: what should be answered; `All` for everything.
    public init(queueURL: String, attributeNames: [String]? = nil) {
        self.queueURL = queueURL
        self.attributeNames = attributeNames
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The values by name; all are text, also numbers.
        public var attributes: [String: String]?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.json("QueueUrl", self.queueURL)
        request.json("AttributeNames", self.attributeNames)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "Attributes": output.attributes = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
