// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Something that happens once, for which others can wait.
final class Signal: Sendable {
    private struct State {
        var isSent = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    var isSent: Bool { self.state.withLock { $0.isSent } }

    func send() {
        let waiters = self.state.withLock { state in
            state.isSent = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    func wait() async {
        await withCheckedContinuation { continuation in
            let isSent = self.state.withLock { state in
                if !state.isSent { state.waiters.append(continuation) }
                return state.isSent
            }
            if isSent { continuation.resume() }
        }
    }
}
