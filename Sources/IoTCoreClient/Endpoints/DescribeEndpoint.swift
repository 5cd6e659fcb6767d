// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Gets the host name of an endpoint that is the account's own.
///
/// API reference: [DescribeEndpoint](https://docs.aws.amazon.com/iot/latest/apireference/API_DescribeEndpoint.html).
public struct DescribeEndpoint: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "DescribeEndpoint" }

    /// Which endpoint, such as `iot:Data-ATS`.
    public var endpointType: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - endpointType: which endpoint, such as `iot:Data-ATS`.
    public init(endpointType: String? = nil) {
        self.endpointType = endpointType
    }

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The host name.
        public var endpointAddress: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/endpoint")
        request.query("endpointType", self.endpointType)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "endpointAddress": output.endpointAddress = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
