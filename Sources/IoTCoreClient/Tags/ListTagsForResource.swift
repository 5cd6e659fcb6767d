// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the tags of a resource, page by page.
///
/// API reference: [ListTagsForResource](https://docs.aws.amazon.com/iot/latest/apireference/API_ListTagsForResource.html).
public struct ListTagsForResource: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "ListTagsForResource" }

    /// The resource's ARN.
    public var resourceARN: String
    /// Where the next page starts; `nil` on the last one.
    public var nextToken: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - resourceARN: the resource's ARN.
    ///   - nextToken: where the next page starts; `nil` on the last one.
    public init(resourceARN: String, nextToken: String? = nil) {
        self.resourceARN = resourceARN
        self.nextToken = nextToken
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The tags of this page.
        public var tags: [Tag]?
        /// Where the next page starts; `nil` on the last one.
        public var nextToken: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/tags")
        request.query("resourceArn", self.resourceARN)
        request.query("nextToken", self.nextToken)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "tags": output.tags = try .init(from: &json)
            case "nextToken": output.nextToken = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
