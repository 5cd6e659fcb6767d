// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
public import LamassuEvents

/// Keeps the events that a subscription handles later in the file of an outbox: they survive the end of the process and a power cut.
///
/// ``SQLiteOutbox/SQLiteOutbox/parkedStore(for:maximumEvents:)`` makes one. What an outbox does for its events it does for these: calls that
/// come while the disk is busy share the next transaction and its sync, several processes may share the file, and a damaged file is moved
/// aside, with what is parked in it.
///
/// One subscriber at a time uses what is parked for a subscription, wherever it runs on the machine: it holds a lock from its first call until
/// ``release()`` or the end of its process. Another one gets `parkedStoreInUse` meanwhile, so that its bus receives nothing and tries
/// again. Listing and removing need no lock, so that an operator may look in at any time.
public final class SQLiteParkedStore: ParkedStore {
    private let outbox: SQLiteOutbox
    private let subscription: String
    private let maximumEvents: Int
    private let lock = SubscriberLock()

    init(_ outbox: SQLiteOutbox, subscription: String, maximumEvents: Int) {
        self.outbox = outbox
        self.subscription = subscription
        self.maximumEvents = maximumEvents
    }

    /// True.
    public var isDurable: Bool { true }

    // MARK: The subscriber's side

    /// Adds an event behind those of its lane; it is on the disk when this returns.
    ///
    /// - Parameter delivery: the event; one whose name is there already changes nothing.
    /// - Throws: `parkedStoreFull`, `parkedStoreInUse`, `encodingFailed`, or why the file could not be written.
    public func park(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
        let stored = try StoredDelivery(delivery)
        let (subscription, maximumEvents) = (self.subscription, self.maximumEvents)
        try await self.use(.durable) { transaction throws(SQLiteError) -> Result<Void, LamassuEventsError> in
            guard try !transaction.park(stored, for: subscription, limit: Int64(clamping: maximumEvents)) else { return .success(()) }
            return .failure(
                LamassuEventsError(
                    .parkedStoreFull,
                    message: "\(maximumEvents) events are parked for '\(subscription)': see to why they fail, or raise the limit"))
        }
    }

    /// Replaces attempts, reason and times of an event, where it is there; they are on the disk when this returns.
    ///
    /// - Parameter delivery: the event as it is now.
    /// - Throws: `parkedStoreInUse`, or why the file could not be written.
    public func update(_ delivery: ParkedDelivery) async throws(LamassuEventsError) {
        let stored = StoredDelivery(attempted: delivery)
        let subscription = self.subscription
        try await self.use(.durable) { transaction throws(SQLiteError) -> Result<Void, LamassuEventsError> in
            .success(try transaction.update(stored, for: subscription))
        }
    }

    /// Takes the store for this subscriber, and reads the lanes that have events.
    ///
    /// - Returns: the lanes, in any order.
    /// - Throws: `parkedStoreInUse`, or why the file could not be read.
    public func lanes() async throws(LamassuEventsError) -> [ParkedLane] {
        let subscription = self.subscription
        let lanes = try await self.use(.none) {
            transaction throws(SQLiteError) -> Result<[(name: String, nextAttempt: String)], LamassuEventsError> in
            .success(try transaction.lanes(of: subscription))
        }
        // What cannot be read is found at the attempt, which is due then.
        return lanes.map { ParkedLane(name: $0.name, nextAttempt: (try? Timestamp($0.nextAttempt)) ?? .now) }
    }

    /// Lets another subscriber use what is parked.
    public func release() async {
        self.lock.release()
    }

    // MARK: Everybody's side

    /// Removes an event; it is gone from the disk when this returns.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was there.
    /// - Throws: why the file could not be written.
    @discardableResult
    public func remove(_ id: ParkedDelivery.ID) async throws(LamassuEventsError) -> Bool {
        let subscription = self.subscription
        return try await self.outbox.worker.perform(.durable) {
            transaction throws(SQLiteError) -> Result<Bool, LamassuEventsError> in
            .success(try transaction.removeDelivery(id.rawValue, for: subscription))
        }
    }

    /// The events of a lane, or of all lanes, in the order in which they were parked.
    ///
    /// - Parameters:
    ///   - lane: which lane; `nil` for all of them.
    ///   - limit: how many events are returned at most, the first ones.
    /// - Returns: the events.
    /// - Throws: `undecodable` where one of them cannot be read any more, with its name, by which it can be removed; or why the file could not
    ///   be read.
    public func list(lane: String?, limit: Int) async throws(LamassuEventsError) -> [ParkedDelivery] {
        let subscription = self.subscription
        let stored = try await self.outbox.worker.perform(.none) {
            transaction throws(SQLiteError) -> Result<[StoredDelivery], LamassuEventsError> in
            .success(try transaction.deliveries(of: subscription, lane: lane, limit: max(0, limit)))
        }
        var deliveries: [ParkedDelivery] = []
        for delivery in stored { deliveries.append(try delivery.delivery()) }
        return deliveries
    }

    /// Does something that only the subscriber may do which holds the lock.
    private func use<Value: Sendable>(
        _ effect: OutboxEffect, _ body: @escaping OutboxCall<Value>.Body
    ) async throws(LamassuEventsError) -> Value {
        let (lock, subscription) = (self.lock, self.subscription)
        return try await self.outbox.worker.perform(effect) {
            transaction throws(SQLiteError) -> Result<Value, LamassuEventsError> in
            if let refusal = lock.take(subscription, beside: transaction.connection.filename) { return .failure(refusal) }
            return try body(&transaction)
        }
    }
}

extension SQLiteOutbox {
    /// Makes a store for the events that a subscription handles later, in the file of the outbox.
    ///
    /// The store keeps the outbox open. Give it to one subscription of one bus; an operator's tool makes its own.
    ///
    /// - Parameters:
    ///   - subscription: the subscription's name, by which another process finds the same events; a part of the name of a file, so that it
    ///     should have 100 bytes at most.
    ///   - maximumEvents: how many events the store takes at most; by default 100,000.
    /// - Returns: the store.
    public func parkedStore(for subscription: String, maximumEvents: Int = 100_000) -> SQLiteParkedStore {
        SQLiteParkedStore(self, subscription: subscription, maximumEvents: maximumEvents)
    }
}
