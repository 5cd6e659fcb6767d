// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import InMemoryTracing
import Tracing

/// A tracer that keeps its spans in memory, and carries their context as "W3C Trace Context" says.
struct W3CTracer: Tracer {
    private enum StateKey: ServiceContextKey {
        typealias Value = String
    }

    private enum ParentKey: ServiceContextKey {
        typealias Value = String
    }

    let spans = InMemoryTracer(
        idGenerator: InMemoryTracer.IDGenerator(
            nextTraceID: { hexadecimal(.random(in: 1 ... .max)) + hexadecimal(.random(in: 1 ... .max)) },
            nextSpanID: { hexadecimal(.random(in: 1 ... .max)) }))

    /// What a context has of `tracestate`.
    static func state(of context: ServiceContext) -> String? { context[StateKey.self] }

    /// The `traceparent` that came with a message.
    static func parent(of context: ServiceContext) -> String? { context[ParentKey.self] }

    /// The context with a `tracestate`.
    static func context(state: String) -> ServiceContext {
        var context = ServiceContext.topLevel
        context[StateKey.self] = state
        return context
    }

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> InMemorySpan {
        self.spans.startSpan(
            operationName, context: context(), ofKind: kind, at: instant(), function: function, file: fileID, line: line)
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject.Carrier == Carrier {
        guard let span = context.inMemorySpanContext else { return }
        injector.inject("00-\(span.traceID)-\(span.spanID)-01", forKey: "traceparent", into: &carrier)
        if let state = Self.state(of: context) { injector.inject(state, forKey: "tracestate", into: &carrier) }
    }

    func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract.Carrier == Carrier {
        guard let parent = extractor.extract(key: "traceparent", from: carrier) else { return }
        context[ParentKey.self] = parent
        context[StateKey.self] = extractor.extract(key: "tracestate", from: carrier)
        let parts = parent.split(separator: "-", maxSplits: 3).map(String.init)
        guard parts.count == 4 else { return }
        context.inMemorySpanContext = InMemorySpanContext(traceID: parts[1], spanID: parts[2], parentSpanID: nil)
    }
}

private func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
