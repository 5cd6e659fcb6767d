// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Makes byte streams: TCP connections, with TLS where the target asks for it.
public protocol ByteStreamTransport: Sendable {
    /// Connects, the TLS handshake included.
    ///
    /// Cancelling the task ends the attempt and throws ``TransportError/Code/cancelled``; no stream is left open behind it.
    ///
    /// - Parameters:
    ///   - target: host, port, TLS and the time the attempt may take.
    ///   - handler: called from now on with all that happens on the stream; kept until `streamClosed` was called.
    /// - Returns: the open stream. It must be closed by ``ByteStream/close()`` or ``ByteStream/abort()``.
    /// - Throws: why no stream could be made; then the handler is never called.
    func connect(to target: ByteStreamTarget, handler: any ByteStreamHandler) async throws(TransportError) -> any ByteStream
}
