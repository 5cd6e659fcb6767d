// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import LamassuEvents
import TestSupport
import Testing

@Suite struct TraceContextTests {
    private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test(arguments: [
        (Self.parent, Self.parent),
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
        // Of the flags only those that have a meaning go on.
        ("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-ff", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-03"),
        // A later version is read as far as it is known.
        ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", Self.parent),
        ("cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more of it", Self.parent),
    ])
    func `a traceparent is read and written`(header: String, written: String) throws {
        let trace = try #require(TraceContext(traceParent: header))
        #expect(trace.traceID == "4bf92f3577b34da6a3ce929d0e0e4736")
        #expect(trace.spanID == "00f067aa0ba902b7")
        #expect(trace.traceParent == written)
        #expect(trace.traceState == nil)
    }

    @Test(arguments: [
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more", "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.more",
        " \(Self.parent)", "14c795baef1229956e39c6d81c0c511b:b3800a180133f0ef", "00-é",
    ])
    func `a malformed traceparent counts as none`(header: String) {
        #expect(TraceContext(traceParent: header) == nil)
    }

    @Test func `no beginning of a traceparent is one`() {
        for length in 0..<Self.parent.utf8.count {
            #expect(TraceContext(traceParent: String(Self.parent.prefix(length))) == nil)
        }
    }

    @Test(arguments: [
        ("vendor=1", "vendor=1"), ("a=1,b=2", "a=1,b=2"), (" a=1 ,\t, b=two words ,", "a=1,b=two words"), ("1t@sys=x", "1t@sys=x"),
        ("a=\(String(repeating: "v", count: 256))", "a=\(String(repeating: "v", count: 256))"),
    ])
    func `a tracestate goes on with its trace`(header: String, written: String) {
        #expect(TraceContext(traceParent: Self.parent, traceState: header)?.traceState == written)
    }

    @Test(arguments: [
        "", " , ", "a", "=1", "a=", "A=1", "a b=1", "a=1=2", "a=\u{7}", "a=é", "a=1;b=2,c",
        "a=\(String(repeating: "v", count: 257))", "\(String(repeating: "k", count: 257))=1",
        (0..<33).map { "k\($0)=1" }.joined(separator: ","),
    ])
    func `a malformed tracestate is left out, and the trace goes on`(header: String) throws {
        let trace = try #require(TraceContext(traceParent: Self.parent, traceState: header))
        #expect(trace.traceState == nil)
    }

    @Test func `a tracestate of a size that no client sends is left out unread`() {
        #expect(TraceContext(traceParent: Self.parent, traceState: String(repeating: ",", count: 100_000) + "a=1")?.traceState == nil)
    }

    @Test func `a tracestate that is too long loses its long members first, and then the last ones`() throws {
        let long = "long=\(String(repeating: "v", count: 124))"
        let short = (0..<9).map { "k\($0)=\(String(repeating: "v", count: 61))" }
        let trace = try #require(TraceContext(traceParent: Self.parent, traceState: ([long] + short).joined(separator: ",")))
        #expect(trace.traceState == short.prefix(7).joined(separator: ","))
    }

    @Test func `random headers never trap`() {
        var generator = SeededGenerator(seed: 4)
        for _ in 0..<5_000 {
            var parent = Array(Self.parent.utf8)
            parent[Int.random(in: parent.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            let state = (0..<Int.random(in: 0..<64, using: &generator)).map { _ in UInt8.random(in: 0x1F...0x80, using: &generator) }
            let trace = TraceContext(
                traceParent: String(decoding: parent, as: UTF8.self), traceState: String(decoding: state, as: UTF8.self))
            if let trace { #expect(TraceContext(traceParent: trace.traceParent, traceState: trace.traceState) == trace) }
        }
    }
}
