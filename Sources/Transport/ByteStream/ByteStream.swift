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

    /// Has the stream's I/O thread run a job, in whose course no byte moves.
    ///
    /// What the job writes needs no other thread to go out, and what it waits for none to come in.
    ///
    /// - Parameters:
    ///   - job: a job of a task.
    ///   - executor: as whom to run it; kept until then.
    /// - Returns: whether it will be run; `false` where there is no such thread, or not any more, and the caller is to see to the job.
    func enqueue(_ job: UnownedJob, for executor: any TaskExecutor) -> Bool
}

extension ByteStream {
    /// Says that there is no such thread.
    public func enqueue(_ job: UnownedJob, for executor: any TaskExecutor) -> Bool { false }
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
