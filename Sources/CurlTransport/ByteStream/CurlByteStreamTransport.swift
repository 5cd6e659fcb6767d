// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Transport

/// Makes byte streams with libcurl, which resolves names, tries the addresses in turn, and secures the connection.
///
/// Each stream has an I/O thread of its own, so that none waits for another. The environment's proxy settings, which are for
/// HTTP, do not apply. A stream tells a paused writer to go on when 256 KiB of the 1 MiB that fill its buffer are left.
public struct CurlByteStreamTransport: ByteStreamTransport {
    /// Makes the transport; it holds nothing.
    public init() {}

    /// Connects, the TLS handshake included.
    ///
    /// Cancelling the task ends the attempt at once, wherever it stands.
    ///
    /// - Parameters:
    ///   - target: host, port, TLS and the time the attempt may take.
    ///   - handler: told of all that happens on the stream.
    /// - Returns: the open stream.
    /// - Throws: `TransportError` with the reason why there is no stream.
    public func connect(
        to target: ByteStreamTarget, handler: any ByteStreamHandler
    ) async throws(TransportError) -> any ByteStream {
        let stream = try CurlByteStream()
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                stream.start(to: target, handler: handler) { continuation.resume(returning: $0) }
            }
        } onCancel: {
            stream.cancelConnecting()
        }
        try outcome.get()
        return stream
    }
}

extension ByteStreamTransport where Self == CurlByteStreamTransport {
    /// Byte streams over libcurl.
    public static var curl: CurlByteStreamTransport { CurlByteStreamTransport() }
}
