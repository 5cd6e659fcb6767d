// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import JSONCoding
import LamassuEvents
import Testing
import Tracing
import TransportTesting

@Suite(.timeLimit(.minutes(1))) struct EventContextTests {
    private static let trace = TraceContext(
        traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", traceState: "vendor=1")

    private func publisher(_ redaction: EventRedaction = .standard) -> LamassuEventPublisher {
        var configuration = EventPublisherConfiguration(
            broker: AMQPConfiguration(host: "in-memory", credentials: .external), source: .deviceManager)
        configuration.redaction = redaction
        return LamassuEventPublisher(configuration, transport: InMemoryBroker().transport, logger: .silent)
    }

    private func event() throws -> CloudEvent {
        try self.publisher().event(.deviceCreate, subject: .device("d"), payload: Device(id: "d"))
    }

    // MARK: The task

    @Test func `an event carries the trace and the principal of its task`() async throws {
        let context = EventContext(trace: Self.trace, principal: .jwt(subject: "5d8c1e0a"), source: .service("gateway"))
        let event = try await EventContext.withValue(context) { try self.event() }
        #expect(
            event.extensions == [
                .traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", .traceState: "vendor=1",
                .authType: "jwt", .authID: "5d8c1e0a",
            ])
        #expect(event.source.description == "source://lamassu.io/ctx/source/service/gateway")
    }

    @Test func `an event made outside a context carries none`() throws {
        let event = try self.event()
        #expect(event.extensions.isEmpty)
        #expect(event.source.description == EventSource.deviceManager.rawValue)
    }

    @Test func `child tasks have the context, and each task has its own`() async throws {
        let subjects = try await withThrowingTaskGroup(of: (String, String?).self) { group in
            for number in 0..<50 {
                group.addTask {
                    try await EventContext.withValue(EventContext(principal: .jwt(subject: "user \(number)"))) {
                        async let event = self.event()
                        return try await ("user \(number)", event[.authID]?.text)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(subjects.count == 50)
        #expect(subjects.allSatisfy { $0 == $1 })
        #expect(EventContext.current == nil)
    }

    @Test func `an inner context replaces the outer one, and none can be set`() async {
        let outer = EventContext(trace: Self.trace)
        await EventContext.withValue(outer) {
            await EventContext.withValue(EventContext(source: .ca)) { #expect(EventContext.current == EventContext(source: .ca)) }
            await EventContext.withValue(nil) { #expect(EventContext.current == nil) }
            #expect(EventContext.current == outer)
        }
    }

    // MARK: As JSON

    @Test(arguments: [
        EventContext(), EventContext(trace: Self.trace), EventContext(source: .ca),
        EventContext(trace: Self.trace, principal: .jwt(subject: "ü", claims: ["sub": "ü", "roles": ["a"]]), source: .service("gateway")),
        EventContext(principal: .certificate(commonName: "")),
    ])
    func `a context is read as it was written`(_ context: EventContext) throws {
        #expect(try JSONReader.decode(EventContext.self, from: JSONWriter.encode(context)) == context)
    }

    @Test func `what is malformed or unknown is left out of a context, and what is no object is refused`() throws {
        let text = #"{"traceparent": "00-nothing", "authid": "alone", "source": null, "later": [1]}"#
        #expect(try JSONReader.decode(EventContext.self, from: Array(text.utf8)) == EventContext())
        let whole = Array(#"{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "authclaims": {"a": [1]}}"#.utf8)
        for count in 0..<whole.count {
            #expect(throws: JSONError.self) { try JSONReader.decode(EventContext.self, from: Array(whole.prefix(count))) }
        }
    }

    // MARK: The tracer

    private static let spanHeaders = ["traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "tracestate": "t=2"]

    @Test func `without a trace of its own, a context has that of the innermost span`() async throws {
        let event = try await withTracer(FixedTracer(headers: Self.spanHeaders)) {
            try await withSpan("request") { _ in
                try await EventContext.withValue(EventContext(principal: .jwt(subject: "s"))) { try self.event() }
            }
        }
        #expect(event[.traceParent]?.text == Self.spanHeaders["traceparent"])
        #expect(event[.traceState] == "t=2")
        #expect(event[.authID] == "s")
    }

    @Test func `the trace of a context comes before that of a span`() async throws {
        let event = try await withTracer(FixedTracer(headers: Self.spanHeaders)) {
            try await withSpan("request") { _ in
                try await EventContext.withValue(EventContext(trace: Self.trace)) { try self.event() }
            }
        }
        #expect(event[.traceParent]?.text == Self.trace?.traceParent)
    }

    @Test func `a tracer without W3C Trace Context, and one outside a span, add nothing`() throws {
        let other = try withTracer(FixedTracer(headers: ["x-trace": "1"])) { try withSpan("request") { _ in try self.event() } }
        let outside = try withTracer(FixedTracer(headers: Self.spanHeaders)) { try self.event() }
        #expect(other.extensions.isEmpty)
        #expect(outside.extensions.isEmpty)
    }

    // MARK: The principal

    @Test(arguments: [
        "", "with a \u{7} bell", String(repeating: "x", count: EventPrincipal.maximumIdentifierBytes + 1), "\u{FFFE}",
    ])
    func `an identifier that cannot be an attribute is left out, and the event is written`(identifier: String) async throws {
        let context = EventContext(principal: EventPrincipal(method: .certificate, identifier: identifier))
        let event = try await EventContext.withValue(context) { try self.event() }
        #expect(event.extensions == [.authType: "crt"])
        #expect(throws: Never.self) { try event.encoded(as: .json) }
    }

    @Test func `the longest identifier goes on`() async throws {
        let identifier = String(repeating: "x", count: EventPrincipal.maximumIdentifierBytes)
        let context = EventContext(principal: .certificate(commonName: identifier))
        #expect(try await EventContext.withValue(context) { try self.event() }[.authID] == .string(identifier))
    }

    @Test func `of the claims only those go on that the redaction keeps, and none are in a description`() async throws {
        let claims: JSONValue = ["sub": "5d8c1e0a", "email": "somebody@example.com", "azp": "frontend"]
        let principal = EventPrincipal.jwt(subject: "5d8c1e0a", claims: claims)
        let event = try await EventContext.withValue(EventContext(principal: principal)) { try self.event() }
        #expect(event[.authClaims] == #"{"sub":"5d8c1e0a","azp":"frontend"}"#)
        #expect("\(principal)" == "a principal authenticated by jwt")

        let whole = try await EventContext.withValue(EventContext(principal: principal)) {
            try self.publisher(.none).event(.deviceCreate, subject: .device("d"), payload: Device(id: "d"))
        }
        #expect(whole[.authClaims] == #"{"sub":"5d8c1e0a","email":"somebody@example.com","azp":"frontend"}"#)
    }

    @Test func `claims beyond their limit are left out`() async throws {
        let claims: JSONValue = ["sub": .string(String(repeating: "x", count: EventPrincipal.maximumClaimsBytes - 9))]
        for (claims, isCarried) in [(claims, false), (["sub": .string(String(repeating: "x", count: 100))], true)] as [(JSONValue, Bool)] {
            let context = EventContext(principal: .jwt(subject: "s", claims: claims))
            let event = try await EventContext.withValue(context) { try self.event() }
            #expect((event[.authClaims] != nil) == isCarried)
            #expect(event[.authID] == "s")
        }
    }

    @Test func `the claims of a certificate are the certificate`() {
        let principal = EventPrincipal.certificate(commonName: "device-1", pem: "PEM")
        #expect(principal.claims == ["crt": "UEVN"])
    }

    // MARK: Headers

    @Test func `a context is read from the headers of a request`() {
        let headers = [
            "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate": "vendor=1",
            "x-lms-source": "connector/aws-1",
        ]
        #expect(
            EventContext { headers[$0] }
                == EventContext(trace: Self.trace, source: EventSource(rawValue: "source://lamassu.io/ctx/source/connector/aws-1")))
        #expect(EventContext { _ in nil } == EventContext())
    }

    @Test(arguments: [
        ("service/ca", "source://lamassu.io/ctx/source/service/ca"),
        // The connector of today sends the prefix too.
        ("source://lamassu.io/ctx/source/aws.1", "source://lamassu.io/ctx/source/aws.1"),
        ("", nil), ("two words", nil), ("source://lamassu.io/ctx/source/", nil), ("bell\u{7}", nil),
        (String(repeating: "x", count: 257), nil),
    ])
    func `a source is what follows the prefix, or counts as none`(header: String, source: String?) {
        #expect(EventContext { $0 == "x-lms-source" ? header : nil }.source?.rawValue == source)
    }

    @Test func `a malformed traceparent takes its tracestate with it`() {
        #expect(EventContext { $0 == "traceparent" ? "00-0-0-0" : "vendor=1" }.trace == nil)
    }
}
