// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Transport

/// Tells a test what happens on its stream, in order.
final class RecordingHandler: ByteStreamHandler {
    enum Event: Equatable, Sendable {
        case received([UInt8])
        case becameWritable
        case deadlinePassed
        case closed(TransportError?)
    }

    private let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let closedCount = Atomic(0)
    private let onReceive: @Sendable ([UInt8]) -> Void

    init(onReceive: @escaping @Sendable ([UInt8]) -> Void = { _ in }) {
        (self.events, self.continuation) = AsyncStream.makeStream()
        self.onReceive = onReceive
    }

    /// How often the stream said that it is closed.
    var timesClosed: Int { self.closedCount.load(ordering: .sequentiallyConsistent) }

    func streamReceived(_ bytes: Span<UInt8>) {
        let bytes = unsafe bytes.withUnsafeBufferPointer { unsafe [UInt8]($0) }
        self.onReceive(bytes)
        self.continuation.yield(.received(bytes))
    }

    func streamBecameWritable() { self.continuation.yield(.becameWritable) }

    func streamDeadlinePassed() { self.continuation.yield(.deadlinePassed) }

    func streamClosed(_ error: TransportError?) {
        self.closedCount.add(1, ordering: .sequentiallyConsistent)
        self.continuation.yield(.closed(error))
    }

    /// The next event.
    func next() async -> Event? {
        var iterator = self.events.makeAsyncIterator()
        return await iterator.next()
    }

    /// Receives so many bytes, or fewer when something else happens first.
    func receive(_ count: Int) async -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count, case .received(let more) = await self.next() { bytes += more }
        return bytes
    }

    /// Waits for the end, past all that still arrives.
    ///
    /// - Returns: what arrived, and why the stream ended.
    func receiveUntilClosed() async -> (bytes: [UInt8], error: TransportError?) {
        var bytes: [UInt8] = []
        while let event = await self.next() {
            switch event {
            case .received(let more): bytes += more
            case .closed(let error): return (bytes, error)
            case .becameWritable, .deadlinePassed: break
            }
        }
        return (bytes, nil)
    }
}
