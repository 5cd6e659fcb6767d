// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the certificates that are attached to a thing, page by page.
///
/// API reference: [ListThingPrincipals](https://docs.aws.amazon.com/iot/latest/apireference/API_ListThingPrincipals.html).
public struct ListThingPrincipals: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "ListThingPrincipals" }

    /// The thing's name.
    public var thingName: String
    /// Where the next page starts; `nil` on the last one.
    public var nextToken: String?
    /// How many entries a page has at most.
    public var maxResults: Int?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - thingName: the thing's name.
    ///   - nextToken: where the next page starts; `nil` on the last one.
    ///   - maxResults: how many entries a page has at most.
    public init(thingName: String, nextToken: String? = nil, maxResults: Int? = nil) {
        self.thingName = thingName
        self.nextToken = nextToken
        self.maxResults = maxResults
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The ARNs of the certificates of this page.
        public var principals: [String]?
        /// Where the next page starts; `nil` on the last one.
        public var nextToken: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/things/\(self.thingName)/principals")
        request.query("nextToken", self.nextToken)
        request.query("maxResults", self.maxResults)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "principals": output.principals = try .init(from: &json)
            case "nextToken": output.nextToken = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
