// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import LamassuEvents

/// Sees what a ``CloudSync`` does in AWS: for a timeline, an audit trail, or a test.
///
/// The calls come from the tasks that do the work, several at a time; they must not block.
public protocol CloudSyncObserver: Sendable {
    /// Something was done in AWS because of an event.
    ///
    /// - Parameters:
    ///   - effect: what was done.
    ///   - event: because of which event.
    func cloudSync(applied effect: CloudSyncEffect, for event: CloudEvent)

    /// An event needed nothing to be done.
    ///
    /// - Parameters:
    ///   - event: the event.
    ///   - reason: why, for a person.
    func cloudSync(passedOver event: CloudEvent, because reason: String)
}
