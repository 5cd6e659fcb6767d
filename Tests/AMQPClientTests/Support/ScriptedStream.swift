// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AMQPWire
import Synchronization
import Transport

/// A stream in memory, whose other end a test plays.
///
/// What the client writes is decoded into ``Event``s. The handler is called from the test's task alone, so one call comes at a time.
final class ScriptedStream: ByteStream {
    /// What the client did.
    enum Event: Equatable, Sendable {
        case frame(AMQPFrame)
        case closed
        case aborted
    }

    private struct State: ~Copyable {
        var decoder = FrameDecoder()
        var events: [Event] = []
        var reader: CheckedContinuation<Event, Never>?
        var deadline: MonotonicInstant?
        var writability = ByteStreamWritability.writable
        var writeCount = 0
        var largestBody = 0
        var isReading = true
    }

    let handler: any ByteStreamHandler
    private let state = Mutex(State())

    init(handler: any ByteStreamHandler, maximumFrameSize: Int) {
        self.handler = handler
        self.state.withLock { $0.decoder.maximumFrameSize = maximumFrameSize }
    }

    /// The timer that the client has set.
    var deadline: MonotonicInstant? { self.state.withLock { $0.deadline } }

    /// Whether the client reads.
    var isReading: Bool { self.state.withLock { $0.isReading } }

    /// How often the client has written.
    var writeCount: Int { self.state.withLock { $0.writeCount } }

    /// What the client is told from now on when it writes.
    func setWritability(_ writability: ByteStreamWritability) { self.state.withLock { $0.writability = writability } }

    /// What the client did next, when it has done it.
    func nextEvent() async -> Event {
        await withCheckedContinuation { continuation in
            self.state.withLock { state in
                if state.events.isEmpty {
                    state.reader = continuation
                } else {
                    continuation.resume(returning: state.events.removeFirst())
                }
            }
        }
    }

    /// What the client has done and the test has not looked at.
    var pendingEvents: [Event] { self.state.withLock { $0.events } }

    // MARK: ByteStream

    func write(_ bytes: Span<UInt8>) -> ByteStreamWritability {
        self.state.withLock { state in
            state.writeCount += 1
            var offset = 0
            do {
                while let frame = try state.decoder.next(in: bytes, at: &offset) { Self.emit(.frame(frame), &state) }
            } catch {
                Self.emit(.aborted, &state)
            }
            return state.writability
        }
    }

    func setReading(_ isEnabled: Bool) { self.state.withLock { $0.isReading = isEnabled } }

    func setDeadline(_ deadline: ContinuousClock.Instant?) {
        self.state.withLock { $0.deadline = deadline.map(MonotonicInstant.init) }
    }

    func close() { self.state.withLock { Self.emit(.closed, &$0) } }

    func abort() { self.state.withLock { Self.emit(.aborted, &$0) } }

    private static func emit(_ event: Event, _ state: inout State) {
        if let reader = state.reader.take() { reader.resume(returning: event) } else { state.events.append(event) }
    }
}
