// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One call of an AWS service: a value that holds the input, writes the request, and reads the answer.
///
/// Conform to ``AWSJSONOperation`` or ``AWSQueryOperation`` where the answer is a JSON or XML document; to this protocol where it is
/// something else, such as the payload of a Lambda function.
public protocol AWSOperation: Sendable {
    /// What the call returns.
    associatedtype Output: Sendable

    /// The service it belongs to.
    static var service: AWSService { get }
    /// The operation's name in the service's model.
    static var name: String { get }

    /// Whether the request must be signed; by default it must.
    static var isSigned: Bool { get }

    /// Writes the input.
    ///
    /// - Parameter request: the request, which is empty but for what the service's protocol needs.
    func encode(into request: inout AWSRequestBuilder)

    /// Reads an answer of status 2xx.
    ///
    /// - Parameter response: the answer.
    /// - Returns: the output.
    /// - Throws: ``AWSError`` of kind ``AWSError/Kind/malformedResponse``.
    static func decode(_ response: AWSResponse) throws(AWSError) -> Output
}

extension AWSOperation {
    /// Requests are signed.
    public static var isSigned: Bool { true }
}
