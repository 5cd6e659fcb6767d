// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import Tracing

extension AMQPDelivery {
    /// The context of the task, with what the message's headers carry of its publisher's: the trace that the message belongs to.
    ///
    /// It is read by the instrument that was in effect when the connection was made; without one it is the task's alone.
    public var serviceContext: ServiceContext {
        self.driver.tracing?.context(of: self.properties) ?? .current ?? .topLevel
    }

    /// Handles the message within a span, `process`, that is a child of its publisher's.
    ///
    /// The span is in effect for the task while the closure runs, and ends with it: what the closure publishes becomes its child. An error
    /// that the closure throws is recorded. Without a tracer, the closure runs with a span that records nothing.
    ///
    /// - Parameter body: what to do with the message; it gets the span, for attributes of its own.
    /// - Returns: what the closure returns.
    /// - Throws: what the closure throws.
    public func withSpan<Result>(_ body: (any Span) async throws -> Result) async rethrows -> Result {
        guard let tracing = self.driver.tracing else { return try await body(NoOpTracer.Span(context: self.serviceContext)) }
        return try await tracing.process(self, body)
    }
}
