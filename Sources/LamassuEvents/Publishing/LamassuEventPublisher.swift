// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import JSONCoding
public import Logging
internal import Synchronization
public import Transport

/// Publishes an event for each update operation that succeeds, and sees to it that the broker gets it.
///
/// ```swift
/// let logger = Logger(label: "ca-service")
/// let outbox = try await SQLiteOutbox.open(.init(path: "/var/lib/ca-service/outbox.db"), logger: logger)
/// let events = LamassuEventPublisher(
///     EventPublisherConfiguration(broker: try AMQPConfiguration(uri: brokerURI), source: .ca),
///     transport: .curl, store: outbox, logger: logger)
/// async let relay: Void = events.run()  // connects, sends, sends again after an outage or a crash, until it is cancelled
///
/// let ca = try await events.publishing(.caCreate, subject: .ca("plant-1")) {
///     try await service.createCA("plant-1")  // the operation as it was; what it returns is the payload
/// }
/// ```
///
/// **What it promises.** When an operation has succeeded its event is in the store, and stays there until the broker has confirmed it: through
/// lost connections, restarts of the broker, refused passwords. It is sent again with the same id, so that a consumer may see it
/// twice; events of one subject arrive in order. An operation neither waits for the broker nor fails because of it; when the
/// store is full it is refused *before* it runs (``OutboxLimits/Policy-swift.struct/refuse``), so that no update happens without its event.
///
/// **How firmly** depends on the store and the level. With the ``MemoryOutbox`` that is the default, the end of the process loses what is in
/// it. With a durable store and an ``IntentResolver`` nothing is lost (``DeliveryLevel/writeAhead``); with a durable store alone, a crash
/// between an operation and its event loses that event (``DeliveryLevel/afterTheFact``); with a host that stores the event in the
/// transaction of its own update, nothing can separate the two (``DeliveryLevel/transactional``, ``publishStored()``).
public final class LamassuEventPublisher: Sendable {
    let configuration: EventPublisherConfiguration
    let transport: any ByteStreamTransport
    let logger: Logger
    let store: any OutboxStore
    let resolver: (any IntentResolver)?
    let journal: PublisherJournal
    let keptAside: KeptAside
    let relay: EventRelay
    let runs = RunOnce()
    private let reporter: PublisherReporter
    /// The types of which it was said that their events are large.
    private let largeTypes = Mutex<Set<String>>([])

    /// Makes a publisher; ``run()`` does its work.
    ///
    /// - Parameters:
    ///   - configuration: where to publish, as whom, and within which limits.
    ///   - transport: what makes the connection to the broker.
    ///   - store: keeps the events until the broker has them, for this publisher alone; by default in memory.
    ///   - resolver: says of operations that a crash has left open whether they have happened; with it and a durable store,
    ///     ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)`` writes an intent first.
    ///   - observer: sees what becomes of each event; by default nobody.
    ///   - logger: where the publisher tells what happens; never anything of a payload.
    public init(
        _ configuration: EventPublisherConfiguration,
        transport: some ByteStreamTransport,
        store: some OutboxStore = MemoryOutbox(),
        resolver: (any IntentResolver)? = nil,
        observer: (any EventPublisherObserver)? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        self.store = store
        self.resolver = resolver
        let reporter = PublisherReporter(observer: observer, logger: logger)
        let keptAside = KeptAside(limit: configuration.maximumKeptAside, byteLimit: configuration.maximumKeptAsideBytes)
        self.reporter = reporter
        self.keptAside = keptAside
        self.journal = PublisherJournal(isDurable: store.isDurable, reporter: reporter)
        self.relay = EventRelay(store, configuration, self.journal) { !keptAside.isEmpty }
    }

    /// The level that an operation has where it asks for none: the firmest that the store and the resolver make possible.
    public var defaultLevel: DeliveryLevel {
        self.store.isDurable && self.resolver != nil ? .writeAhead : .afterTheFact
    }

    // MARK: Around an operation

    /// Runs an update operation, and publishes its result as an event if it succeeds.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it does it to.
    ///   - level: how firmly the event is bound to the operation; by default ``defaultLevel``. With ``DeliveryLevel/transactional`` the
    ///     operation stores its event by itself, and its result is not looked at.
    ///   - operation: the operation; its result is the payload of the event.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: what the operation threw, and then there is no event; or, before the operation runs, ``LamassuEventsError/Code/outboxFull``,
    ///   ``LamassuEventsError/Code/closed``, ``LamassuEventsError/Code/levelUnavailable``, or why the store failed
    ///   (``EventPublisherConfiguration/storeFailurePolicy-swift.property``).
    public func publishing<Payload: JSONEncodable>(
        _ type: EventType, subject: EventSubject, level: DeliveryLevel? = nil, _ operation: () async throws -> Payload
    ) async throws -> Payload {
        try await self.publishing(
            type, subject, level, previous: { nil }, subject: { _ in subject }, payload: { $0 }, operation)
    }

    /// Runs an update operation whose subject is known from its result, and publishes that as an event if it succeeds.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it did it to, from the result.
    ///   - level: as in ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)``.
    ///   - operation: the operation; its result is the payload of the event.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: as ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)``.
    public func publishing<Payload: JSONEncodable>(
        _ type: EventType, subject: (Payload) -> EventSubject, level: DeliveryLevel? = nil, _ operation: () async throws -> Payload
    ) async throws -> Payload {
        try await self.publishing(type, nil, level, previous: { nil }, subject: subject, payload: { $0 }, operation)
    }

    /// Runs an update operation, and publishes what was before and what is now as an event if it succeeds.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it does it to.
    ///   - previous: the thing before the operation.
    ///   - level: as in ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)``.
    ///   - operation: the operation; its result is the thing after it. The payload of the event is an ``UpdateModel`` of the two.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: as ``publishing(_:subject:level:_:)-(_,EventSubject,_,_)``.
    public func publishing<Model: JSONEncodable>(
        _ type: EventType, subject: EventSubject, previous: Model, level: DeliveryLevel? = nil, _ operation: () async throws -> Model
    ) async throws -> Model {
        try await self.publishing(
            type, subject, level, previous: { self.written(previous, of: type) }, subject: { _ in subject },
            payload: { UpdateModel(previous: previous, updated: $0) }, operation)
    }

    private func publishing<Value, Payload: JSONEncodable>(
        _ type: EventType, _ knownSubject: EventSubject?, _ level: DeliveryLevel?, previous: () -> [UInt8]?,
        subject: (Value) -> EventSubject, payload: (Value) -> Payload, _ operation: () async throws -> Value
    ) async throws -> Value {
        let level = level ?? self.defaultLevel
        try self.check(level)
        if level == .transactional {
            defer { self.publishStored() }
            return try await operation()
        }
        let isWriteAhead = level == .writeAhead
        let context = EventContext.effective
        var intent = OutboxIntent(
            id: CloudEvent.ID.timeOrdered().rawValue, source: context.source ?? self.configuration.source, type: type, subject: knownSubject
        )
        if isWriteAhead {
            intent.previous = previous()
            intent.context = context.redacted(by: self.configuration.redaction)
        }
        try await self.prepare(intent, isWriteAhead: isWriteAhead)
        FaultPoint.prepared.reached()
        let value: Value
        do {
            value = try await operation()
        } catch {
            await self.settle(.abandon(intent, isWriteAhead: isWriteAhead))
            throw error
        }
        FaultPoint.operated.reached()
        let submission = self.submission(intent.id, type, subject(value), source: intent.source, context, payload: payload(value))
        await self.settle(.complete(intent, submission, isWriteAhead: isWriteAhead))
        FaultPoint.completed.reached()
        return value
    }

    // MARK: One event

    /// Makes an event of this publisher: with its source, an id that is unique and in the order of time, the present time, and the task's
    /// ``EventContext``; without what ``EventPublisherConfiguration/redaction`` takes out.
    ///
    /// - Parameters:
    ///   - type: what happened.
    ///   - subject: to which thing.
    ///   - payload: what is to be said about it.
    /// - Returns: the event.
    /// - Throws: ``LamassuEventsError/Code/encodingFailed`` where payload, type or subject have no form on the wire;
    ///   ``LamassuEventsError/Code/attributeTooLong``, ``LamassuEventsError/Code/eventTooLarge``.
    public func event(
        _ type: EventType, subject: EventSubject, payload: some JSONEncodable
    ) throws(LamassuEventsError) -> CloudEvent {
        let event = try self.configuration.redaction.redacted(
            self.makeEvent(CloudEvent.ID.timeOrdered().rawValue, type, subject, .effective, payload: payload))
        if let error = self.excess(of: event) { throw error }
        return event
    }

    /// Stores an event to be published; the broker has it later.
    ///
    /// An event that is over a limit is parked.
    ///
    /// - Parameter event: the event, whose id must be unique among those of its source; it gets a value of the extension `sequence`.
    /// - Throws: ``LamassuEventsError/Code/outboxFull``, ``LamassuEventsError/Code/closed``, or why the store failed; and then it was
    ///   not stored.
    public func publish(_ event: CloudEvent) async throws(LamassuEventsError) {
        _ = try await self.enqueue(self.submission(event))
    }

    private func enqueue(_ submission: OutboxSubmission) async throws(LamassuEventsError) -> OutboxReceipt.Standing {
        let id = submission.summary.id
        try self.journal.began(id)
        do throws(LamassuEventsError) {
            let receipt = try await self.store.enqueue(submission)
            self.stored(submission, dropped: receipt.dropped)
            return receipt.standing
        } catch {
            if self.journal.ended(id) { self.relay.stored() }
            self.journal.refused(error)
            throw error
        }
    }

    /// Publishes an event and waits until the broker has confirmed it, however long that takes.
    ///
    /// Cancelling the task ends the wait, and leaves the event in the store. Where several processes share what is stored, another one may
    /// send the event, and then only that ends the wait.
    ///
    /// An event that the store knows already, by source and id, is not sent a second time: its confirm is waited for, which may have
    /// come before, or it is parked.
    ///
    /// - Parameter event: the event, whose id must be unique among those of its source; it gets a value of the extension `sequence`.
    /// - Throws: ``LamassuEventsError/Code/outboxFull``, ``LamassuEventsError/Code/closed``, or why the store failed, and then it was not
    ///   stored; ``LamassuEventsError/Code/parked``, ``LamassuEventsError/Code/dropped``, ``LamassuEventsError/Code/drainTimedOut`` or
    ///   ``LamassuEventsError/Code/cancelled``.
    public func publishAndConfirm(_ event: CloudEvent) async throws(LamassuEventsError) {
        let confirmation = EventConfirmation()
        let submission = self.submission(event)
        // Before it is stored, because the broker may be faster than the store's answer.
        guard try self.journal.awaits(submission.summary, confirmation) else { return try await confirmation.wait() }
        defer { self.journal.awaitsNoLonger(submission.summary, confirmation) }
        switch try await self.enqueue(submission) {
        case .waiting: try await confirmation.wait()
        case .sent: break
        case .parked:
            throw LamassuEventsError(.parked, message: "the event is parked: see parkedEvents(limit:), and retry or discard it")
        }
    }

    /// Publishes what the host has stored by itself, in the transaction of its own update; call it when the transaction is committed.
    ///
    /// This is ``DeliveryLevel/transactional``. Without the call the events go out too, with the next ones that are stored here.
    public func publishStored() {
        self.relay.stored()
    }

    // MARK: Looking in

    /// How the publisher stands now, as far as it knows without asking its store.
    public var statistics: EventPublisherStatistics {
        var statistics = self.journal.statistics
        statistics.keptAside = self.keptAside.count
        return statistics
    }

    /// How much is in the store.
    ///
    /// - Returns: how many events wait, how old the oldest is, and what else is there.
    /// - Throws: why the store could not tell.
    public func depth() async throws(LamassuEventsError) -> OutboxDepth {
        try await self.store.depth()
    }

    /// The events that can never be sent as they are, oldest first.
    ///
    /// - Parameter limit: how many at most; by default 100.
    /// - Returns: the events.
    /// - Throws: why the store could not tell.
    public func parkedEvents(limit: Int = 100) async throws(LamassuEventsError) -> [ParkedEvent] {
        try await self.store.parkedEvents(limit: limit)
    }

    /// Sends a parked event again, behind what its subject has waiting now.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was parked; false also where not even an event could be made, so that there is nothing to send.
    /// - Throws: why the store failed.
    public func retryParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool {
        let isRetried = try await self.store.retryParked(id)
        if isRetried { self.relay.stored() }
        return isRetried
    }

    /// Drops a parked event.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was parked.
    /// - Throws: why the store failed.
    public func discardParked(_ id: ParkedEvent.ID) async throws(LamassuEventsError) -> Bool {
        guard let event = try await self.store.discardParked(id) else { return false }
        self.journal.discarded(event)
        return true
    }

    /// Tells once for each type that its events are longer than is advised.
    func warnIfLarge(_ event: CloudEvent) {
        let bytes = event.dataBytes
        guard let advised = self.configuration.advisedEventBytes, bytes > advised else { return }
        self.reporter.overAdvisedSize()
        let isNews = self.largeTypes.withLock { $0.count < 1_000 && $0.insert(event.type).inserted }
        guard isNews else { return }
        self.logger.warning(
            "events of this type are longer than every intermediary has to forward; further ones are only counted",
            metadata: [LogKey.eventType: "\(event.type)", LogKey.bytes: "\(bytes)"])
    }
}
