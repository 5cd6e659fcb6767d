// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// An answer of AWS.
public struct AWSResponse: Sendable {
    /// Status and header fields.
    public var head: HTTPResponse
    /// The body; empty when there was none.
    public var body: [UInt8]

    /// Makes an answer.
    ///
    /// - Parameters:
    ///   - head: status and header fields.
    ///   - body: the body; empty when there was none.
    public init(head: HTTPResponse, body: [UInt8]) {
        self.head = head
        self.body = body
    }

    /// The value of a header field.
    ///
    /// - Parameter name: the field's name, in any case.
    /// - Returns: its value, or `nil` when there is none.
    public func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { self.head.headerFields[$0] }
    }

    /// The id under which AWS logged the request; AWS support asks for it.
    public var requestID: String? { self.header("x-amzn-requestid") ?? self.header("x-amz-request-id") }
}
