// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// One HTTP response, whole.
public struct HTTPTransportResponse: Hashable, Sendable {
    /// Status and header fields.
    public var head: HTTPResponse
    /// The body; empty when there was none.
    public var body: [UInt8]

    /// Makes a response.
    ///
    /// - Parameters:
    ///   - head: status and header fields.
    ///   - body: the body; empty when there was none.
    public init(head: HTTPResponse, body: [UInt8] = []) {
        self.head = head
        self.body = body
    }
}
