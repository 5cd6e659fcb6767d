// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudSync
import LamassuEvents
import Synchronization

/// Keeps what CloudSync says that it did.
final class EffectLog: CloudSyncObserver {
    private let effects = Mutex<[CloudSyncEffect]>([])

    var all: [CloudSyncEffect] { self.effects.withLock { $0 } }

    func cloudSync(applied effect: CloudSyncEffect, for event: CloudEvent) { self.effects.withLock { $0.append(effect) } }

    func cloudSync(passedOver event: CloudEvent, because reason: String) {}
}
