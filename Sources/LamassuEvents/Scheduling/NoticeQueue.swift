// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands notices to an observer in the order in which they were posted, one at a time, and with no lock held.
///
/// Whoever finds nobody delivering delivers, its own and those that are posted meanwhile; the others go on at once. Beyond the
/// limit the newest are dropped and counted, so that a slow observer costs neither memory nor time of the others.
package final class NoticeQueue<Notice: Sendable>: Sendable {
    private struct State {
        var notices = FIFO<Notice>()
        var isDelivering = false
        var dropped = 0
    }

    private let state = Mutex(State())
    private let limit: Int
    private let receive: @Sendable (Notice) -> Void

    package init(limit: Int = 4_096, receive: @escaping @Sendable (Notice) -> Void) {
        self.limit = limit
        self.receive = receive
    }

    /// How many notices found no room.
    package var droppedCount: Int { self.state.withLock { $0.dropped } }

    /// Adds a notice, which ``deliver()`` hands on.
    ///
    /// May be called with locks held.
    package func post(_ notice: Notice) {
        self.state.withLock { state in
            if state.notices.count < self.limit { state.notices.append(notice) } else { state.dropped += 1 }
        }
    }

    /// Hands on what was posted, unless another thread does; must be called with no lock held.
    package func deliver() {
        guard var notice = self.next(isFirst: true) else { return }
        while true {
            self.receive(notice)
            guard let following = self.next(isFirst: false) else { return }
            notice = following
        }
    }

    private func next(isFirst: Bool) -> Notice? {
        self.state.withLock { state in
            if isFirst, state.isDelivering { return nil }
            let notice = state.notices.popFirst()
            state.isDelivering = notice != nil
            return notice
        }
    }
}
