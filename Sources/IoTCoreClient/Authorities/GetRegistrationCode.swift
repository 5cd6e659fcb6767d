// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Gets the code that the common name of a verification certificate must be.
///
/// API reference: [GetRegistrationCode](https://docs.aws.amazon.com/iot/latest/apireference/API_GetRegistrationCode.html).
public struct GetRegistrationCode: IoTCoreOperation {
    /// The operation's name in the model.
    public static var name: String { "GetRegistrationCode" }

    /// Makes the operation.
    public init() {}

    /// What AWS answers; a member it left out is `nil`.
    public struct Output: Hashable, Sendable {
        /// The code; it is the account's, per region.
        public var registrationCode: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/registrationcode")
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "registrationCode": output.registrationCode = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
