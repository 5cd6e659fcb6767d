// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AMQPWire
internal import Tracing

/// Puts an instrument's values, such as `traceparent` and `tracestate` (W3C Trace Context), into headers.
struct HeaderInjector: Injector {
    func inject(_ value: String, forKey key: String, into carrier: inout AMQPTable) { carrier[key] = .string(value) }
}

/// Takes an instrument's values out of headers.
struct HeaderExtractor: Extractor {
    func extract(key: String, from carrier: AMQPTable) -> String? { carrier[key]?.stringValue }
}
