// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Receives what happens on one stream.
///
/// The calls come one at a time, in order, on the transport's I/O thread: they must not block, and should be short, because no
/// byte moves while one runs. After ``streamClosed(_:)`` none follows.
public protocol ByteStreamHandler: AnyObject, Sendable {
    /// Bytes arrived.
    ///
    /// - Parameter bytes: what arrived, valid during the call only; never empty.
    func streamReceived(_ bytes: Span<UInt8>)

    /// The outgoing buffer, which had been full, has fallen to its low-water mark.
    func streamBecameWritable()

    /// The deadline that was set last has passed.
    func streamDeadlinePassed()

    /// The stream is closed; called exactly once.
    ///
    /// - Parameter error: why, or `nil` when the peer ended the stream in order or this side had asked for it.
    func streamClosed(_ error: TransportError?)
}
