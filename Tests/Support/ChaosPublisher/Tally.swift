// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What became of the operations of one life.
final class Tally: Sendable, CustomStringConvertible {
    private let state = Mutex<(succeeded: Int, errors: [String: Int])>((0, [:]))

    var succeeded: Int { self.state.withLock { $0.succeeded } }

    func succeed() { self.state.withLock { $0.succeeded += 1 } }

    func fail(_ reason: String) { self.state.withLock { $0.errors[reason, default: 0] += 1 } }

    var description: String {
        self.state.withLock { state in
            let errors = state.errors.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
            return "\(state.succeeded) succeeded; failed: \(errors.isEmpty ? "none" : errors)"
        }
    }
}
