// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents

/// Something that the service is to do to a thing: to give it another text.
struct Operation: Sendable {
    /// How one ends that is to fail.
    struct DeliberateFailure: Error {}

    let name: String
    let text: String
    let level: DeliveryLevel
    let subject: EventSubject
    /// Whether it fails on purpose, after it has written and before it commits.
    let fails: Bool

    /// What it makes of a thing.
    func thing(after previous: Thing) -> Thing { Thing(operation: self.name, version: previous.version + 1, text: self.text) }
}
