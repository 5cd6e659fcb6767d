// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Sends HTTP requests: one request in, one response out, whole or in pieces.
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

    /// Begins an exchange whose bodies go in pieces, for transports to provide; ``withResponse(to:streaming:_:)`` is for use.
    ///
    /// It does not wait: what comes of the exchange is told by the exchange. `maximumResponseBodyBytes` does not hold for it, all
    /// other limits of the request do.
    ///
    /// - Parameters:
    ///   - request: head, limits, and the body where none is streamed.
    ///   - bodyLength: how long the body is that ``HTTPExchange/write(_:)`` will bring; `nil` sends the request's own.
    /// - Returns: the exchange; whoever asked for it calls ``HTTPExchange/abandon()`` in the end.
    /// - Throws: why the request cannot be sent as it is.
    func open(_ request: HTTPTransportRequest, bodyLength: HTTPBodyLength?) throws(TransportError) -> any HTTPExchange
}
