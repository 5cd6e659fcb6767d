// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Transport

/// A transport whose streams a test plays the other end of.
final class ScriptedTransport: ByteStreamTransport {
    private struct State {
        var targets: [ByteStreamTarget] = []
        var streams: [ScriptedStream] = []
        var reader: CheckedContinuation<ScriptedStream, Never>?
        var error: TransportError?
        /// How many attempts more fail.
        var failures = Int.max
    }

    private let errors: [String: TransportError]
    private let maximumFrameSize: Int
    private let state = Mutex(State())

    /// - Parameters:
    ///   - error: what every attempt fails with.
    ///   - errors: what an attempt at a host fails with.
    ///   - maximumFrameSize: the largest frame that the client may write.
    init(error: TransportError? = nil, errors: [String: TransportError] = [:], maximumFrameSize: Int = 131_072) {
        self.errors = errors
        self.maximumFrameSize = maximumFrameSize
        self.state.withLock { $0.error = error }
    }

    /// How often a stream was asked for.
    var attempts: Int { self.targets.count }

    /// What streams were asked for.
    var targets: [ByteStreamTarget] { self.state.withLock { $0.targets } }

    /// Has attempts fail from now on.
    func fail(_ count: Int = .max, with error: TransportError) {
        self.state.withLock { state in
            state.error = error
            state.failures = count
        }
    }

    /// The next stream that was asked for.
    func nextStream() async -> ScriptedStream {
        await withCheckedContinuation { continuation in
            self.state.withLock { state in
                if state.streams.isEmpty {
                    state.reader = continuation
                } else {
                    continuation.resume(returning: state.streams.removeFirst())
                }
            }
        }
    }

    func connect(to target: ByteStreamTarget, handler: any ByteStreamHandler) async throws(TransportError) -> any ByteStream {
        let stream = ScriptedStream(handler: handler, maximumFrameSize: self.maximumFrameSize)
        let error = self.state.withLock { (state) -> TransportError? in
            state.targets.append(target)
            if let error = self.errors[target.host] { return error }
            if let error = state.error, state.failures > 0 {
                state.failures -= 1
                return error
            }
            if let reader = state.reader.take() { reader.resume(returning: stream) } else { state.streams.append(stream) }
            return nil
        }
        if let error { throw error }
        return stream
    }
}
