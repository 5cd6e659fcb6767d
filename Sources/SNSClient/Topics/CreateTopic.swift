// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Makes a topic; one of the same name and attributes that exists is no error, and is answered.
///
/// API reference: [CreateTopic](https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html).
public struct CreateTopic: SNSOperation {
    /// The operation's name in the model.
    public static var name: String { "CreateTopic" }

    /// The topic's name: letters, digits, `-` and `_`; a FIFO topic's ends in `.fifo`.
    public var topicName: String
    /// The topic's attributes, such as `FifoTopic` and `ContentBasedDeduplication`.
    public var attributes: [String: String]?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - topicName: the topic's name.
    ///   - attributes: the topic's attributes.
    public init(topicName: String, attributes: [String: String]? = nil) {
        self.topicName = topicName
        self.attributes = attributes
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The topic's ARN.
        public var topicARN: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.form("Name", self.topicName)
        request.form("Attributes", map: self.attributes)
    }

    /// Reads the answer.
    public static func decode(_ result: inout XMLReader) throws(XMLError) -> Output {
        var output = Output()
        while let name = try result.nextElement() {
            switch name {
            case "TopicArn": output.topicARN = try result.readText()
            default: try result.skip()
            }
        }
        return output
    }
}
