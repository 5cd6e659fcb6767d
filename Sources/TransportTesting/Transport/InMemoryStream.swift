// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import Transport

/// The client's end of a stream to an ``InMemoryBroker``.
///
/// What the client writes is dealt with at once, on the caller's stack. Its handler is called on the broker's queue alone, so that the
/// calls come one at a time and no lock of the client's is held during them.
final class InMemoryStream: ByteStream {
    private struct State {
        var handler: (any ByteStreamHandler)?
        var pending: [UInt8] = []
        var isReading = true
        var becameWritable = false
        /// How the stream ends, once it is to end.
        var end: TransportError??
        var deadline: ContinuousClock.Instant?
        /// When the timer fires next.
        var armed: ContinuousClock.Instant?
    }

    private let broker: InMemoryBroker
    private let id: SessionID
    private let state: Mutex<State>

    init(broker: InMemoryBroker, id: SessionID, handler: any ByteStreamHandler) {
        self.broker = broker
        self.id = id
        self.state = Mutex(State(handler: handler))
    }

    // MARK: What the client does

    func write(_ bytes: Span<UInt8>) -> ByteStreamWritability {
        guard self.state.withLock({ $0.end == nil && $0.handler != nil }) else { return .closed }
        return self.broker.received(bytes, from: self.id) ? .writable : .full
    }

    func setReading(_ isEnabled: Bool) {
        self.state.withLock { $0.isReading = isEnabled }
        if isEnabled { self.schedule() }
    }

    func setDeadline(_ deadline: ContinuousClock.Instant?) {
        self.state.withLock { state in
            state.deadline = deadline
            self.arm(&state)
        }
    }

    func close() {
        self.end(nil)
        self.broker.disconnected(self.id)
    }

    func abort() {
        self.state.withLock { $0.pending = [] }
        self.close()
    }

    // MARK: What the broker does

    /// Passes bytes on, in the order of the calls.
    func deliver(_ bytes: [UInt8]) {
        self.state.withLock { state in
            guard state.end == nil else { return }
            if state.pending.isEmpty { state.pending = bytes } else { state.pending += bytes }
        }
        self.schedule()
    }

    /// Ends the stream behind what was delivered.
    func end(_ error: TransportError?) {
        self.state.withLock { if $0.end == nil { $0.end = .some(error) } }
        self.schedule()
    }

    func resumeWriting() {
        self.state.withLock { $0.becameWritable = true }
        self.schedule()
    }

    // MARK: On the queue

    private func schedule() { self.broker.queue.async { self.callHandler() } }

    private func callHandler() {
        guard let handler = self.state.withLock({ $0.handler }) else { return }
        if self.state.withLock({ exchange(&$0.becameWritable, with: false) }) { handler.streamBecameWritable() }
        let bytes = self.state.withLock { $0.isReading ? exchange(&$0.pending, with: []) : [] }
        if !bytes.isEmpty {
            handler.streamReceived(bytes.span)
            self.broker.bytesRead(bytes.count, by: self.id)
        }
        let end: TransportError?? = self.state.withLock { state in
            guard let end = state.end, state.pending.isEmpty || !state.isReading else { return nil }
            state.handler = nil
            return end
        }
        if let end {
            handler.streamClosed(end)
            self.broker.disconnected(self.id)
        }
    }

    /// Sees to it that the timer fires in time; one that fires earlier will look again.
    private func arm(_ state: inout State) {
        guard let deadline = state.deadline, deadline < state.armed ?? deadline + .seconds(1) else { return }
        state.armed = deadline
        self.broker.queue.asyncAfter(deadline: .now() + deadline.dispatchInterval) { [weak self] in self?.timerFired(deadline) }
    }

    private func timerFired(_ time: ContinuousClock.Instant) {
        let handler = self.state.withLock { state -> (any ByteStreamHandler)? in
            if state.armed == time { state.armed = nil }
            guard let deadline = state.deadline, deadline <= .now else {
                self.arm(&state)
                return nil
            }
            state.deadline = nil
            return state.handler
        }
        handler?.streamDeadlinePassed()
    }
}

extension ContinuousClock.Instant {
    /// How long it is from now until then, never less than nothing.
    var dispatchInterval: DispatchTimeInterval {
        let (seconds, attoseconds) = max(.zero, ContinuousClock.now.duration(to: self)).components
        // A day is as good as for ever, and no multiplication overflows.
        guard seconds < 86_400 else { return .seconds(86_400) }
        return .nanoseconds(Int(seconds * 1_000_000_000 + attoseconds / 1_000_000_000) + 1)
    }
}
