// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

// Subscribes with a store for the events that wait for longer, and a rule by which one makes others needless.

import LamassuEvents
import Logging

let bus = InProcessEventBus(logger: Logger(label: "events"))
let store = InMemoryParkedStore()

let router = EventRouter()
    .on(.deviceCreate, as: Device.self) { device, _ in
        .retry(reason: "the cloud has no room for \(device.id)", after: .seconds(60))
    }
    .superseding { new, _ in EventType(rawValue: new.type) == .deviceDelete }

var handling = HandlingConfiguration()
handling.retryBudget = RetryBudget(maximumAttempts: 100, maximumAge: .seconds(86_400))
handling.parkingDelay = .seconds(10)
try bus.subscribe(
    Subscription("cloud", filter: EventFilter(subjectKinds: [.device]), handling: handling), handler: router, parkedStore: store)
