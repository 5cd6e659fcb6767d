// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// The form in which a store keeps the context of an intent: the names are those of the attributes of an event.
extension EventContext: JSONDecodable, JSONEncodable {
    /// Reads the JSON object; a trace that is malformed is left out, as are members of other names.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init()
        var (traceParent, traceState): (String?, String?) = (nil, nil)
        var (method, identifier): (String?, String?) = (nil, nil)
        var claims: JSONValue?
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "traceparent": traceParent = try Optional(from: &reader)
            case "tracestate": traceState = try Optional(from: &reader)
            case "authtype": method = try Optional(from: &reader)
            case "authid": identifier = try Optional(from: &reader)
            case "authclaims": claims = try JSONValue(from: &reader)
            case "source": self.source = try Optional<String>(from: &reader).map { EventSource(rawValue: $0) }
            default: try reader.skip()
            }
        }
        self.trace = traceParent.flatMap { TraceContext(traceParent: $0, traceState: traceState) }
        if let method, let identifier {
            self.principal = EventPrincipal(method: EventPrincipal.Method(rawValue: method), identifier: identifier, claims: claims)
        }
    }

    /// Writes the JSON object, with what is there.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        if let trace = self.trace {
            writer.member("traceparent", trace.traceParent)
            writer.member("tracestate", ifPresent: trace.traceState)
        }
        if let principal = self.principal {
            writer.member("authtype", principal.method.rawValue)
            writer.member("authid", principal.identifier)
            writer.member("authclaims", ifPresent: principal.claims)
        }
        writer.member("source", ifPresent: self.source?.rawValue)
        writer.endObject()
    }
}
