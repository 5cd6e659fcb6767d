// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// Sees every attempt of every call of a client, and may change its request.
///
/// The methods are called one after the other for an attempt, for several calls at a time; what they do adds to the time of the call.
public protocol AWSInterceptor: Sendable {
    /// An attempt's request is complete but for its signature, which covers what is changed here.
    ///
    /// - Parameters:
    ///   - head: method, path and header fields.
    ///   - body: the body; empty where it is streamed.
    ///   - attempt: which attempt it is.
    /// - Throws: an error that ends the call, unless it says that another attempt may succeed.
    func willSign(_ head: inout HTTPRequest, body: inout [UInt8], of attempt: AWSAttempt) async throws(AWSError)

    /// An attempt was answered, or failed; a retry is not decided yet.
    ///
    /// - Parameters:
    ///   - result: the answer, whose body is empty where it is streamed; or the error.
    ///   - attempt: which attempt it was.
    func didEnd(with result: Result<AWSResponse, AWSError>, of attempt: AWSAttempt) async
}

extension AWSInterceptor {
    /// Changes nothing.
    public func willSign(_ head: inout HTTPRequest, body: inout [UInt8], of attempt: AWSAttempt) async throws(AWSError) {}

    /// Does nothing.
    public func didEnd(with result: Result<AWSResponse, AWSError>, of attempt: AWSAttempt) async {}
}
