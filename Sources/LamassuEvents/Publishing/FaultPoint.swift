// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

#if LAMASSU_FAULT_POINTS
internal import Synchronization
#endif

/// A step between two effects, at which a test may end the process.
///
/// Compiled in with `-D LAMASSU_FAULT_POINTS`; without it, reaching a point is nothing at all.
package enum FaultPoint: String, CaseIterable, Sendable {
    /// The intent is prepared, and the operation has not run.
    case prepared
    /// The operation has run, and its event is not stored.
    case operated
    /// The event is stored, and the caller does not know it.
    case completed
    /// Events were claimed, and are about to be published.
    case publishing
    /// Events were published, and what became of them is known.
    case published
    /// What became of events is about to be told to the store.
    case settling
    /// The store knows it, and the relay does not know that.
    case settled

    #if LAMASSU_FAULT_POINTS
    private static let handler = Mutex<(@Sendable (FaultPoint) -> Void)?>(nil)

    /// Sets what happens when a point is reached.
    package static func onReached(_ handler: @escaping @Sendable (FaultPoint) -> Void) {
        self.handler.withLock { $0 = handler }
    }

    func reached() {
        Self.handler.withLock { $0 }?(self)
    }
    #else
    @inline(__always) func reached() {}
    #endif
}
