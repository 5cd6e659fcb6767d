// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// A response whose head has come, and whose body is still to be read.
public struct HTTPStreamedResponse: Sendable {
    /// Status and header fields.
    public let head: HTTPResponse
    /// The body, in pieces as they arrive.
    public let body: HTTPResponseStream
}
