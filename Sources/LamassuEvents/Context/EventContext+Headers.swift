// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents

extension EventContext {
    /// Reads the context of an HTTP request: `traceparent`, `tracestate` and `x-lms-source`.
    ///
    /// A value that is malformed or too long counts as missing. `x-lms-source` is an unproven word of the client: a service that strangers can
    /// reach lets it pass from its own gateway only, and consumers hold it against the user that the broker has checked.
    ///
    /// - Parameter header: the value of the header of a name, which is in lower case, or `nil`; the values of one that came more than
    ///   once are joined by commas.
    public init(header: (_ name: String) -> String?) {
        self.init(
            trace: header("traceparent").flatMap { TraceContext(traceParent: $0, traceState: header("tracestate")) },
            source: header("x-lms-source").flatMap(EventSource.init(header:)))
    }
}

extension EventSource {
    /// The most bytes that a source out of a header may have.
    private static let maximumHeaderBytes = 256

    /// Reads the header `x-lms-source`: what follows ``prefix``; a client that sends the prefix too means the same.
    fileprivate init?(header: String) {
        guard !header.isEmpty, header.utf8.count <= Self.maximumHeaderBytes else { return nil }
        self.init(rawValue: header.hasPrefix(Self.prefix) ? header : Self.prefix + header)
        guard self.rawValue != Self.prefix, (try? URIReference(self.rawValue)) != nil else { return nil }
    }
}
