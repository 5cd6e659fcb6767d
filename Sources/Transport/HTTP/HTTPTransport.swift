// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests: one request in, one response out.
///
/// Connections are the transport's affair: it keeps them alive, reuses and multiplexes them. It follows no redirect and adds no
/// header beyond those that HTTP itself needs, because a signed request must go out as it was signed.
public protocol HTTPTransport: Sendable {
    /// Sends a request and returns its response.
    ///
    /// Cancelling the task ends the exchange and throws ``TransportError/Code/cancelled``.
    ///
    /// - Parameter request: head, body and limits.
    /// - Returns: the response of whatever status; a status is not an error here.
    /// - Throws: why there is no whole response.
    func send(_ request: HTTPTransportRequest) async throws(TransportError) -> HTTPTransportResponse
}
