// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import HTTPTypes

/// One exchange whose bodies go in pieces, as a transport provides it; ``HTTPTransport/withResponse(to:streaming:_:)`` is for use.
///
/// One task may write while another reads. Once the exchange has failed, every call throws why; once it is abandoned,
/// ``TransportError/Code/cancelled``. No call needs its task to be cancelled in order to end: ``abandon()`` ends all of them.
public protocol HTTPExchange: Sendable {
    /// Sends more of the request's body, waiting while what was written before has not gone out.
    ///
    /// - Parameter bytes: what follows; may be empty.
    /// - Throws: ``TransportError/Code/requestBodyUnwanted`` when the peer has answered in full and wants no more, and
    ///   ``TransportError/Code/invalidRequest`` when it is more than the length that was told, or another task writes.
    func write(_ bytes: [UInt8]) async throws(TransportError)

    /// Ends the request's body; it does not wait for its last bytes to go out.
    ///
    /// - Throws: ``TransportError/Code/invalidRequest`` when it is less than the length that was told, which ends the exchange.
    func finishWriting() throws(TransportError)

    /// Waits for the head of the response; interim responses are dropped.
    ///
    /// - Returns: status and header fields.
    func head() async throws(TransportError) -> HTTPResponse

    /// Waits for more of the response's body, after its head.
    ///
    /// - Returns: at least one byte, or `nil` once the body is complete.
    func next() async throws(TransportError) -> [UInt8]?

    /// Ends the exchange where it stands, unless it is over.
    func abandon()
}
