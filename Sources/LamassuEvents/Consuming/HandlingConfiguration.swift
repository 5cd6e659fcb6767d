// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How the events of one subscription are handled: within which limits, and how patiently.
public struct HandlingConfiguration: Hashable, Sendable {
    /// How many events are held that are not acknowledged, those that wait for another attempt included; by default 256.
    public var prefetch: Int
    /// How many subjects are handled at a time; by default 32.
    public var concurrency: Int
    /// How long an event waits whose handler asks for another attempt; by default from 200 milliseconds to 30 seconds.
    public var backoff: Backoff
    /// How often and for how long an event is tried; by default without a limit.
    public var retryBudget: RetryBudget
    /// How often an event is delivered that ends the process, or whose connection breaks, before it goes to the dead letters unhandled; by
    /// default 20, `nil` for no limit.
    ///
    /// The count is the broker's own, which quorum queues and Amazon SQS keep, and classic queues do not; for a parked event it is kept in the
    /// store. Everything that is held when a process ends counts as delivered, so the limit should not be small.
    public var maximumDeliveries: Int?
    /// How long an event that is tried again is held before it is parked, where there is a ``ParkedStore``; by default 30 seconds.
    public var parkingDelay: Duration
    /// How long a cancelled `run()` lets handlers go on before it cancels them too; by default 10 seconds.
    public var drainTimeout: Duration
    /// Of how many events that are done it is remembered that they are; by default 10,000, zero for none.
    ///
    /// A second delivery of one of them is acknowledged without a call of the handler. It holds only for events whose publisher promises
    /// unique ids: of the current generation, with the extension `sequence`.
    public var rememberedEvents: Int

    /// Makes a configuration of the defaults.
    public init() {
        self.prefetch = 256
        self.concurrency = 32
        self.backoff = Backoff()
        self.retryBudget = .unlimited
        self.maximumDeliveries = 20
        self.parkingDelay = .seconds(30)
        self.drainTimeout = .seconds(10)
        self.rememberedEvents = 10_000
    }
}
