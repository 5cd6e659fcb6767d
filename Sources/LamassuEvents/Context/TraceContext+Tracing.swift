// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import Tracing

extension TraceContext {
    /// The innermost span of the task, where the process has an instrument that carries W3C Trace Context.
    static var ofInnermostSpan: TraceContext? {
        guard let context = ServiceContext.current else { return nil }
        var headers: [String: String] = [:]
        InstrumentationSystem.instrument.inject(context, into: &headers, using: DictionaryInjector())
        return headers["traceparent"].flatMap { TraceContext(traceParent: $0, traceState: headers["tracestate"]) }
    }
}

/// Puts an instrument's values into a dictionary.
private struct DictionaryInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) { carrier[key] = value }
}
