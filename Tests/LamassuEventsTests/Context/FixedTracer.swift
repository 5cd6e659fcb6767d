// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Tracing

/// A tracer that is always in the same span, as far as the headers are concerned that it writes.
struct FixedTracer: Tracer {
    let headers: [String: String]

    func startSpan<Instant: TracerInstant>(
        _ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind, at instant: @autoclosure () -> Instant,
        function: String, file fileID: String, line: UInt
    ) -> NoOpTracer.Span {
        NoOpTracer.Span(context: context())
    }

    func forceFlush() {}

    func inject<Carrier, Inject: Injector>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject.Carrier == Carrier {
        for (name, value) in self.headers { injector.inject(value, forKey: name, into: &carrier) }
    }

    func extract<Carrier, Extract: Extractor>(_ carrier: Carrier, into context: inout ServiceContext, using extractor: Extract)
    where Extract.Carrier == Carrier {}
}
