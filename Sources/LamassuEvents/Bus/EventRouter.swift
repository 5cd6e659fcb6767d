// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import CloudEvents
public import JSONCoding

/// A handler made of handlers for single types, each with its payload decoded.
///
/// ```swift
/// let router = EventRouter()
///     .on(.caCreate, as: CACertificate.self) { ca, event in
///         try await audit.record("CA \(ca.id) was created by \(event.source)")
///         return .done
///     }
///     .otherwise { event in .deadLetter(reason: "nobody knows \(event.type)") }
/// ```
///
/// A payload that is not what its type promises goes to the dead letters, with where it is otherwise. An error that a handler throws is
/// another attempt, with the error as its reason; no secret belongs in its description. A type that no handler is for is done.
public struct EventRouter: EventHandler {
    /// Acts on one event.
    public typealias Handler = @Sendable (_ event: ReceivedEvent) async throws -> EventOutcome
    /// Says whether a new event makes a parked one of the same subject needless.
    public typealias SupersedingRule = @Sendable (_ new: CloudEvent, _ parked: CloudEvent) -> Bool

    private var handlers: [EventType: Handler] = [:]
    private var defaultHandler: Handler?
    private var rule: SupersedingRule?

    /// Makes a router without handlers.
    public init() {}

    /// Adds the handler of a type; it takes the place of the one before.
    ///
    /// - Parameters:
    ///   - type: which events.
    ///   - payload: what their payload is.
    ///   - handle: acts on the payload of one event.
    /// - Returns: the router with the handler.
    public func on<Payload: JSONDecodable & Sendable>(
        _ type: EventType, as payload: Payload.Type,
        _ handle: @escaping @Sendable (_ payload: Payload, _ event: ReceivedEvent) async throws -> EventOutcome
    ) -> EventRouter {
        self.on(type) { event in
            let payload: Payload
            do throws(LamassuEventsError) {
                payload = try event.payload(as: Payload.self)
            } catch {
                return .deadLetter(reason: error.message)
            }
            return try await handle(payload, event)
        }
    }

    /// Adds a handler of events whose payload it does not need; it takes the place of those before.
    ///
    /// - Parameters:
    ///   - types: which events.
    ///   - handle: acts on one event.
    /// - Returns: the router with the handler.
    public func on(_ types: EventType..., handle: @escaping Handler) -> EventRouter {
        var router = self
        for type in types { router.handlers[type] = handle }
        return router
    }

    /// Sets the handler of all events that no other one is for.
    ///
    /// - Parameter handle: acts on one event.
    /// - Returns: the router with the handler.
    public func otherwise(_ handle: @escaping Handler) -> EventRouter {
        var router = self
        router.defaultHandler = handle
        return router
    }

    /// Sets the rule by which a new event makes parked ones of its subject needless.
    ///
    /// - Parameter rule: says it of two events of one subject.
    /// - Returns: the router with the rule.
    public func superseding(_ rule: @escaping SupersedingRule) -> EventRouter {
        var router = self
        router.rule = rule
        return router
    }

    /// Has the event handled by the handler of its type.
    ///
    /// - Parameter event: the event and how it came.
    /// - Returns: what the handler says.
    public func handle(_ event: ReceivedEvent) async -> EventOutcome {
        guard let handler = self.handlers[event.type] ?? self.defaultHandler else { return .done }
        do {
            return try await handler(event)
        } catch {
            return .retry(reason: "the handler failed: \(error)")
        }
    }

    /// What the rule says; without one no event supersedes another.
    ///
    /// - Parameters:
    ///   - new: an event that has just come.
    ///   - parked: an event of the same subject that waits.
    /// - Returns: whether `parked` need not be handled any more.
    public func supersedes(_ new: CloudEvent, _ parked: CloudEvent) -> Bool { self.rule?(new, parked) ?? false }
}
