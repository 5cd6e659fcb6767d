// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// In whose name, in which trace and as which source a request is handled: what each event made for it says besides its payload.
///
/// A service sets it once for a request, in a middleware; every event that is made in that task, or in a child of it, carries it.
///
/// ```swift
/// var context = EventContext { name in request.headers[name] }
/// context.principal = .jwt(subject: token.subject, claims: token.claims)
/// return try await EventContext.withValue(context) { try await next(request) }
/// ```
///
/// Nothing in it can make an operation fail or an event be parked: what has no form on the wire, or is beyond its limit, is left out.
public struct EventContext: Hashable, Sendable {
    /// The trace of the request, and the span in which it is handled.
    ///
    /// By default the one that the tracer of the process has for the task, if there is a tracer that speaks W3C Trace Context.
    public var trace: TraceContext?
    /// Who asked for the operation.
    public var principal: EventPrincipal?
    /// The attribute `source` of events, where it is not the service's own: who had the service do it.
    public var source: EventSource?

    /// Makes a context.
    ///
    /// - Parameters:
    ///   - trace: the trace of the request, and the span in which it is handled.
    ///   - principal: who asked for the operation.
    ///   - source: the attribute `source` of events, where it is not the service's own.
    public init(trace: TraceContext? = nil, principal: EventPrincipal? = nil, source: EventSource? = nil) {
        self.trace = trace
        self.principal = principal
        self.source = source
    }
}

extension EventContext {
    @TaskLocal private static var ofTask: EventContext?

    /// The context of the task; `nil` outside ``withValue(_:operation:)``.
    public static var current: EventContext? { self.ofTask }

    /// Runs an operation with a context, which its child tasks have too.
    ///
    /// - Parameters:
    ///   - context: the context; `nil` for none.
    ///   - operation: what to run.
    /// - Returns: what the operation returned.
    /// - Throws: what the operation threw.
    public static func withValue<Result>(
        _ context: EventContext?, operation: () async throws -> Result
    ) async rethrows -> Result {
        try await self.$ofTask.withValue(context, operation: operation)
    }
}
