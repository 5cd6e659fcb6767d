// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Describes a function.
///
/// API reference: [GetFunctionConfiguration](https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html).
public struct GetFunctionConfiguration: LambdaOperation, AWSJSONOperation {
    /// The operation's name in the model.
    public static var name: String { "GetFunctionConfiguration" }

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

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.get, "/2015-03-31/functions/\(self.functionName)/configuration")
        request.query("Qualifier", self.qualifier)
    }

    /// What AWS answers: the function.
    public typealias Output = FunctionConfiguration

    /// Reads the answer.
    public static func decode(_ json: inout JSONReader) throws(JSONError) -> FunctionConfiguration { try .init(from: &json) }
}
