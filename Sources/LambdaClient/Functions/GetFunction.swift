// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes a function, with its tags.
///
/// API reference: [GetFunction](https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html).
public struct GetFunction: LambdaOperation, AWSJSONOperation {
    /// The operation's name in the model.
    public static var name: String { "GetFunction" }

    /// The function's name, its ARN, or part of its ARN.
    public var functionName: String
    /// A version or an alias; `nil` is the unpublished version.
    public var qualifier: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - functionName: the function's name, its ARN, or part of its ARN.
    ///   - qualifier: a version or an alias; `nil` is the unpublished version.
    public init(functionName: String, qualifier: String? = nil) {
        self.functionName = functionName
        self.qualifier = qualifier
    }

    /// What AWS answers; a member it left out is `nil`.
    ///
    /// The link to the code is left out on purpose: whoever has it can read the code.
    public struct Output: Hashable, Sendable {
        /// The function.
        public var configuration: FunctionConfiguration?
        /// The function's tags.
        public var tags: [String: String]?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/2015-03-31/functions/\(self.functionName)")
        request.query("Qualifier", self.qualifier)
    }

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
        var output = Output()
        try json.beginObject()
        while let key = try json.nextKey() {
            switch key {
            case "Configuration": output.configuration = try .init(from: &json)
            case "Tags": output.tags = try .init(from: &json)
            default: try json.skip()
            }
        }
        return output
    }
}
