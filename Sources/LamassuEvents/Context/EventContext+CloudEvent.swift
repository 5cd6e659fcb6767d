// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import CloudEvents
internal import JSONCoding

extension EventContext {
    /// What the task has: its context, and the trace of its innermost span where that context has none.
    static var effective: EventContext {
        var context = self.current ?? EventContext()
        if context.trace == nil { context.trace = .ofInnermostSpan }
        return context
    }

    /// Writes the context into an event, as far as it has a form on the wire.
    ///
    /// That is the extensions `traceparent`, `tracestate`, `authtype`, `authid` and `authclaims`; ``WireProfile/current`` makes `traceid` and
    /// `spanid` of the first.
    func write(to event: inout CloudEvent) {
        if let trace = self.trace {
            event[.traceParent] = .string(trace.traceParent)
            event[.traceState] = trace.traceState.map(AttributeValue.string)
        }
        if let principal = self.principal {
            event[.authType] = Self.attribute(principal.method.rawValue, maximumBytes: 32)
            event[.authID] = Self.attribute(principal.identifier, maximumBytes: EventPrincipal.maximumIdentifierBytes)
            event[.authClaims] = principal.claims.flatMap(Self.attribute)
        }
    }

    /// The context as it is written down before an event is made with it: with the claims that the event will carry, and no others.
    func redacted(by redaction: EventRedaction) -> EventContext {
        guard let claims = self.principal?.claims else { return self }
        var context = self
        let kept = Self.attribute(claims).flatMap { redaction.redacted(claims: $0.text) }
        context.principal?.claims = kept.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
        return context
    }

    /// Claims as an attribute, in JSON.
    private static func attribute(_ claims: JSONValue) -> AttributeValue? {
        guard let json = try? claims.encoded() else { return nil }
        return Self.attribute(String(decoding: json, as: UTF8.self), maximumBytes: EventPrincipal.maximumClaimsBytes)
    }

    /// A text as an attribute; `nil` where it is empty, too long, or no text for an attribute.
    private static func attribute(_ text: String, maximumBytes: Int) -> AttributeValue? {
        guard !text.isEmpty, text.utf8.count <= maximumBytes, AttributeText.isValid(text) else { return nil }
        return .string(text)
    }
}
