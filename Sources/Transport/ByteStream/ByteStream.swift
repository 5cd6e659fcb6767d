// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// One open connection that carries bytes both ways.
///
/// Every member may be called from any thread, also from within a ``ByteStreamHandler``'s call, and none of them blocks.
public protocol ByteStream: Sendable {
    /// Appends bytes to the outgoing buffer, which goes out in order and coalesced.
    ///
    /// The bytes are always taken while the stream is open; the answer says whether more should follow. A writer that
    /// sees ``ByteStreamWritability/full`` waits for ``ByteStreamHandler/streamBecameWritable()``: that is what bounds the buffer.
    ///
    /// - Parameter bytes: what to send; copied before the call returns.
    /// - Returns: whether the buffer has room, is past its high-water mark, or the stream is closed and the bytes were dropped.
    @discardableResult
    func write(_ bytes: Span<UInt8>) -> ByteStreamWritability

    /// Stops or resumes receiving, so that a slow reader bounds what is buffered: the peer sees TCP's back-pressure.
    ///
    /// - Parameter isEnabled: `false` stops; a call of the handler that is under way may still follow.
    func setReading(_ isEnabled: Bool)

    /// Sets the one timer of this stream; it replaces the one before.
    ///
    /// - Parameter deadline: when ``ByteStreamHandler/streamDeadlinePassed()`` is to be called, once; `nil` for never.
    func setDeadline(_ deadline: ContinuousClock.Instant?)

    /// Sends what is buffered, for five seconds at most, then closes; ``ByteStreamHandler/streamClosed(_:)`` tells the end.
    func close()

    /// Closes at once; what is buffered is dropped. ``ByteStreamHandler/streamClosed(_:)`` tells the end.
    func abort()
}

/// Whether a stream takes more bytes.
public enum ByteStreamWritability: Hashable, Sendable {
    /// There is room.
    case writable
    /// The buffer is past its high-water mark: wait for ``ByteStreamHandler/streamBecameWritable()``.
    case full
    /// The stream is closed or closing: the bytes were dropped.
    case closed
}
