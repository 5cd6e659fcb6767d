// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import JSONCoding
public import Logging
public import Transport

/// Publishes an event for each update operation that succeeds, and sees to it that the broker gets it.
///
/// ```swift
/// let events = LamassuEventPublisher(
///     EventPublisherConfiguration(broker: try AMQPConfiguration(uri: brokerURI), source: .ca),
///     transport: .curl, logger: Logger(label: "ca-service"))
/// async let relay: Void = events.run()  // connects, sends, sends again after an outage, until it is cancelled
///
/// let ca = try await events.publishing(.caCreate, subject: .ca("plant-1")) {
///     try await service.createCA("plant-1")  // the operation as it was; what it returns is the payload
/// }
/// ```
///
/// **What it promises.** An event is stored in memory when its operation has succeeded, and stays until the broker has confirmed it: through
/// lost connections, restarts of the broker, refused passwords. It is sent again with the same id, so that a consumer may see it
/// twice; events of one subject arrive in order. An operation neither waits for the broker nor fails because of it; when the
/// outbox is full it is refused *before* it runs (``OutboxLimits/Policy-swift.struct/refuse``), so that no update happens without its event.
///
/// **What it does not.** This is the third level of the delivery model, *after the fact*: when the process ends without a drain, by a crash or
/// a power cut, the events in the outbox are lost, and so is the event of an operation that had just succeeded.
public final class LamassuEventPublisher: Sendable {
    let configuration: EventPublisherConfiguration
    let transport: any ByteStreamTransport
    let logger: Logger
    let outbox: Outbox
    let runs = RunOnce()

    /// Makes a publisher; ``run()`` does its work.
    ///
    /// - Parameters:
    ///   - configuration: where to publish, as whom, and within which limits.
    ///   - transport: what makes the connection to the broker.
    ///   - observer: sees what becomes of each event; by default nobody.
    ///   - logger: where the publisher tells what happens; never anything of a payload.
    public init(
        _ configuration: EventPublisherConfiguration,
        transport: some ByteStreamTransport,
        observer: (any EventPublisherObserver)? = nil,
        logger: Logger
    ) {
        self.configuration = configuration
        self.transport = transport
        self.logger = logger
        self.outbox = Outbox(configuration, observer: observer, logger: logger)
    }

    /// How the publisher stands now.
    public var statistics: EventPublisherStatistics { self.outbox.statistics }

    // MARK: Around an operation

    /// Runs an update operation, and publishes its result as an event if it succeeds.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it does it to.
    ///   - operation: the operation; its result is the payload of the event.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: what the operation threw, and then there is no event; or, before the operation runs, ``LamassuEventsError/Code/outboxFull``
    ///   or ``LamassuEventsError/Code/closed``.
    public func publishing<Payload: JSONEncodable>(
        _ type: EventType, subject: EventSubject, _ operation: () async throws -> Payload
    ) async throws -> Payload {
        try await self.publishing(type, subject: { _ in subject }, payload: { $0 }, operation)
    }

    /// Runs an update operation whose subject is known from its result, and publishes that as an event if it succeeds.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it did it to, from the result.
    ///   - operation: the operation; its result is the payload of the event.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: as ``publishing(_:subject:_:)-(_,EventSubject,_)``.
    public func publishing<Payload: JSONEncodable>(
        _ type: EventType, subject: (Payload) -> EventSubject, _ operation: () async throws -> Payload
    ) async throws -> Payload {
        try await self.publishing(type, subject: subject, payload: { $0 }, operation)
    }

    /// Runs an update operation, and publishes what was before and what is now as an event if it succeeds.
    ///
    /// - Parameters:
    ///   - type: what the operation does.
    ///   - subject: the thing it does it to.
    ///   - previous: the thing before the operation.
    ///   - operation: the operation; its result is the thing after it. The payload of the event is an ``UpdateModel`` of the two.
    /// - Returns: what the operation returned, once the event is stored; the broker has it later.
    /// - Throws: as ``publishing(_:subject:_:)-(_,EventSubject,_)``.
    public func publishing<Model: JSONEncodable>(
        _ type: EventType, subject: EventSubject, previous: Model, _ operation: () async throws -> Model
    ) async throws -> Model {
        try await self.publishing(
            type, subject: { _ in subject }, payload: { UpdateModel(previous: previous, updated: $0) }, operation)
    }

    private func publishing<Value, Payload: JSONEncodable>(
        _ type: EventType, subject: (Value) -> EventSubject, payload: (Value) -> Payload, _ operation: () async throws -> Value
    ) async throws -> Value {
        try self.outbox.reserve()
        let value: Value
        do {
            value = try await operation()
        } catch {
            self.outbox.release()
            throw error
        }
        let subject = subject(value)
        let content: Result<CloudEvent, LamassuEventsError>
        do throws(LamassuEventsError) {
            content = .success(try self.event(type, subject: subject, payload: payload(value)))
        } catch {
            content = .failure(error)
        }
        let summary = EventSummary(
            id: (try? content.get())?.id.rawValue ?? "", source: self.configuration.source, type: type, subject: subject.description)
        // A closed outbox has reported the event as lost; the operation has succeeded all the same.
        try? self.outbox.store(content, summary: summary, isReserved: true)
        return value
    }

    // MARK: One event

    /// Makes an event of this publisher: with its source, an id that is unique, and the present time.
    ///
    /// - Parameters:
    ///   - type: what happened.
    ///   - subject: to which thing.
    ///   - payload: what is to be said about it.
    /// - Returns: the event.
    /// - Throws: ``LamassuEventsError/Code/encodingFailed`` where payload, type or subject have no form on the wire.
    public func event(
        _ type: EventType, subject: EventSubject, payload: some JSONEncodable
    ) throws(LamassuEventsError) -> CloudEvent {
        do throws(CloudEventError) {
            return try CloudEvent(
                id: .random(), source: self.configuration.source.rawValue, type: type.rawValue, subject: subject.description, time: .now,
                json: payload)
        } catch {
            throw LamassuEventsError(.encodingFailed, message: "\(type) cannot be written as an event: \(error)")
        }
    }

    /// Stores an event to be published; the broker has it later.
    ///
    /// - Parameter event: the event, whose id must be unique among those of its source; it gets a value of the extension `sequence`.
    /// - Throws: ``LamassuEventsError/Code/outboxFull`` or ``LamassuEventsError/Code/closed``.
    public func publish(_ event: CloudEvent) throws(LamassuEventsError) {
        try self.outbox.store(.success(event), summary: EventSummary(event), isReserved: false)
    }

    /// Publishes an event and waits until the broker has confirmed it, however long that takes.
    ///
    /// Cancelling the task ends the wait, and leaves the event in the outbox.
    ///
    /// - Parameter event: the event, whose id must be unique among those of its source; it gets a value of the extension `sequence`.
    /// - Throws: ``LamassuEventsError/Code/outboxFull`` or ``LamassuEventsError/Code/closed``, and then it was not stored;
    ///   ``LamassuEventsError/Code/parked``, ``LamassuEventsError/Code/dropped``, ``LamassuEventsError/Code/drainTimedOut`` or
    ///   ``LamassuEventsError/Code/cancelled``.
    public func publishAndConfirm(_ event: CloudEvent) async throws(LamassuEventsError) {
        let confirmation = EventConfirmation()
        try self.outbox.store(.success(event), summary: EventSummary(event), isReserved: false, confirmation: confirmation)
        try await confirmation.wait()
    }

    // MARK: Parked events

    /// The events that can never be sent as they are, oldest first.
    public var parkedEvents: [ParkedEvent] { self.outbox.parkedEvents }

    /// Sends a parked event again, behind what its subject has waiting now.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was parked; false also where not even an event could be made, so that there is nothing to send.
    public func retryParked(_ id: ParkedEvent.ID) -> Bool { self.outbox.retry(id) }

    /// Drops a parked event.
    ///
    /// - Parameter id: which event.
    /// - Returns: whether it was parked.
    public func discardParked(_ id: ParkedEvent.ID) -> Bool { self.outbox.discard(id) }
}
