// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import CloudSync

extension Timeline: CloudSyncObserver {
    /// Notes what was done in AWS.
    public func cloudSync(applied effect: CloudSyncEffect, for event: CloudEvent) { self.note("AWS", "effect", "\(effect)") }

    /// Notes why nothing was to be done.
    public func cloudSync(passedOver event: CloudEvent, because reason: String) {
        self.note("connector", "nothing", "to do for \(event.type): \(reason)")
    }
}
