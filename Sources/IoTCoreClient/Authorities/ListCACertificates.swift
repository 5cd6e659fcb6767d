// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Lists the registered CA certificates, page by page.
///
/// API reference: [ListCACertificates](https://docs.aws.amazon.com/iot/latest/apireference/API_ListCACertificates.html).
public struct ListCACertificates: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "ListCACertificates" }

    /// How many entries a page has at most.
    public var pageSize: Int?
    /// Where the page starts: what the page before gave as the next marker.
    public var marker: String?
    /// Whether the oldest comes first.
    public var ascendingOrder: Bool?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - pageSize: how many entries a page has at most.
    ///   - marker: where the page starts: what the page before gave as the next marker.
    ///   - ascendingOrder: whether the oldest comes first.
    public init(pageSize: Int? = nil, marker: String? = nil, ascendingOrder: Bool? = nil) {
        self.pageSize = pageSize
        self.marker = marker
        self.ascendingOrder = ascendingOrder
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The CA certificates of this page.
        public var certificates: [CACertificate]?
        /// Where the next page starts; `nil` on the last one.
        public var nextMarker: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/cacertificates")
        request.query("pageSize", self.pageSize)
        request.query("marker", self.marker)
        request.query("isAscendingOrder", self.ascendingOrder)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "certificates": output.certificates = try .init(from: &json)
            case "nextMarker": output.nextMarker = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
