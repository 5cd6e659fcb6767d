// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the policies that are attached to a target, page by page.
///
/// API reference: [ListAttachedPolicies](https://docs.aws.amazon.com/iot/latest/apireference/API_ListAttachedPolicies.html).
public struct ListAttachedPolicies: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "ListAttachedPolicies" }

    /// The ARN of the certificate, or of the thing group.
    public var target: String
    /// Whether policies of the groups the target is in are listed too.
    public var recursive: Bool?
    /// Where the page starts: what the page before gave as the next marker.
    public var marker: String?
    /// How many entries a page has at most.
    public var pageSize: Int?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - target: the ARN of the certificate, or of the thing group.
    ///   - recursive: whether policies of the groups the target is in are listed too.
    ///   - marker: where the page starts: what the page before gave as the next marker.
    ///   - pageSize: how many entries a page has at most.
    public init(target: String, recursive: Bool? = nil, marker: String? = nil, pageSize: Int? = nil) {
        self.target = target
        self.recursive = recursive
        self.marker = marker
        self.pageSize = pageSize
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The policies of this page.
        public var policies: [Policy]?
        /// Where the next page starts; `nil` on the last one.
        public var nextMarker: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/attached-policies/\(self.target)")
        request.query("recursive", self.recursive)
        request.query("marker", self.marker)
        request.query("pageSize", self.pageSize)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "policies": output.policies = try .init(from: &json)
            case "nextMarker": output.nextMarker = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
