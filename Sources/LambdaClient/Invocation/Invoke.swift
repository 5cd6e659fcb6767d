// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Invokes a function.
///
/// An attempt without an answer is made again, as the client's retry policy says: a function has to bear being invoked twice. A function
/// that runs longer than the client's `AWSConfiguration.attemptTimeout` needs a client with a longer one.
///
/// API reference: [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).
public struct Invoke: LambdaOperation {
    /// The operation's name in the model.
    public static var name: String { "Invoke" }

    /// The function's name, its ARN, or part of its ARN.
    public var functionName: String
    /// What the function gets: JSON, at most 6 MB, with ``InvocationType/event`` at most 1 MB; empty for nothing.
    public var payload: [UInt8]
    /// How it is invoked; `nil` is ``InvocationType/requestResponse``.
    public var invocationType: InvocationType?
    /// What of the log comes with the answer; `nil` is nothing.
    public var logType: LogType?
    /// A version or an alias; `nil` is the unpublished version.
    public var qualifier: String?

    /// Makes the operation.
    ///
    /// - Parameters:
    ///   - functionName: the function's name, its ARN, or part of its ARN.
    ///   - payload: what the function gets, as JSON.
    ///   - invocationType: how it is invoked; `nil` is ``InvocationType/requestResponse``.
    ///   - logType: what of the log comes with the answer; `nil` is nothing.
    ///   - qualifier: a version or an alias; `nil` is the unpublished version.
    public init(
        functionName: String, payload: [UInt8] = [], invocationType: InvocationType? = nil, logType: LogType? = nil,
        qualifier: String? = nil
    ) {
        self.functionName = functionName
        self.payload = payload
        self.invocationType = invocationType
        self.logType = logType
        self.qualifier = qualifier
    }

    /// What AWS answers.
    public struct Output: Hashable, Sendable {
        /// 200 when the function has ended, 202 when the event is queued, 204 for a dry run.
        public var statusCode: Int
        /// What the function returned or, where ``functionError`` is not `nil`, a JSON object that describes the error.
        public var payload: [UInt8]
        /// Why the function failed, such as `Unhandled`; `nil` when it did not.
        ///
        /// A failed function is no error of the operation, and is not invoked again.
        public var functionError: String?
        /// The last 4 KB of the log, where it was asked for.
        public var logTail: String?
        /// The version that ran.
        public var executedVersion: String?
    }

    /// Writes the input.
    public func encode(into request: inout AWSRequestBuilder) {
        request.http(.post, "/2015-03-31/functions/\(self.functionName)/invocations")
        request.query("Qualifier", self.qualifier)
        request.header("X-Amz-Invocation-Type", self.invocationType?.rawValue)
        request.header("X-Amz-Log-Type", self.logType?.rawValue)
        request.body(self.payload)
    }

    /// Reads the answer; its body is the payload, whatever it holds.
    public static func decode(_ response: AWSResponse) throws(AWSError) -> Output {
        let log = response.header("X-Amz-Log-Result").flatMap(Base64.decode)
        return Output(
            statusCode: response.head.status.code, payload: response.body, functionError: response.header("X-Amz-Function-Error"),
            logTail: log.map { String(decoding: $0, as: UTF8.self) }, executedVersion: response.header("X-Amz-Executed-Version"))
    }
}
