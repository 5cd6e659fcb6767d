// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Testing
import Transport

@Suite struct HTTPResponseAssemblerTests {
    private static func assemble(_ lines: [String], maximumHeadBytes: Int = 1_000) throws(TransportError) -> HTTPTransportResponse {
        var assembler = HTTPResponseAssembler(maximumHeadBytes: maximumHeadBytes, maximumBodyBytes: 10, expectsBody: true)
        for line in lines { try assembler.receivedHeadLine(Array(line.utf8).span) }
        return try assembler.finish()
    }

    @Test func `a head is put together from its lines`() throws {
        let head = try Self.assemble(["HTTP/1.1 404 Not Found\r\n", "A: b\r\n", "c:d\n", "\r\n"]).head
        #expect(head.status == .notFound)
        #expect(head.status.reasonPhrase == "Not Found")
        #expect(head.headerFields == [try name("A"): "b", try name("C"): "d"])
    }

    @Test(arguments: ["HTTP/1.1 200", "HTTP/1.1 200 ", "HTTP/2 200"])
    func `a status line may have no reason`(line: String) throws {
        #expect(try Self.assemble([line, ""]).head.status == .ok)
    }

    @Test func `a folded line continues its field`() throws {
        let head = try Self.assemble(["HTTP/1.1 200 OK", "A: b", " \t c ", ""]).head
        #expect(head.headerFields[try name("A")] == "b c")
    }

    @Test func `interim heads and trailers are dropped`() throws {
        let lines = ["HTTP/1.1 103 Early Hints", "A: 1", "", "HTTP/1.1 200 OK", "B: 2", "", "C: 3", "HTTP/1.1 500 Oops", ""]
        let head = try Self.assemble(lines).head
        #expect(head.status == .ok)
        #expect(head.headerFields == [try name("B"): "2"])
    }

    @Test(arguments: [
        [], ["HTTP/1.1 200 OK"], ["HTTP/1.1 200 OK", "A: b"], ["HTTP/1.1 100 Continue", ""], ["A: b", ""], ["", ""], ["HTTP/1.1", ""],
        ["HTTP/1.1 20 OK", ""], ["HTTP/1.1 2000 OK", ""], ["HTTP/1.1 +20 OK", ""], ["HTTP/1.1 099 OK", ""], ["ICY 200 OK", ""],
        ["HTTP/1.1 200 OK", "no colon", ""], ["HTTP/1.1 200 OK", ": no name", ""], ["HTTP/1.1 200 OK", "a b: c", ""],
        ["HTTP/1.1 200 OK", " folded: onto nothing", ""], ["HTTP/1.1 200 OK", "Content-Length: +1", ""],
        ["HTTP/1.1 200 OK", "Content-Length: 1", "Content-Length: 2", ""], ["HTTP/1.1 200 OK", "Content-Length: 99999999999999999999", ""],
    ])
    func `what is no complete head is malformed`(lines: [String]) {
        #expect(throws: TransportError(.malformedResponse, message: "")) { try Self.assemble(lines) }
    }

    @Test func `all heads together are bounded`() throws {
        let lines = ["HTTP/1.1 103 Early Hints", "", "HTTP/1.1 200 OK", ""]
        let length = lines.reduce(0) { $0 + $1.utf8.count }
        #expect(try Self.assemble(lines, maximumHeadBytes: length).head.status == .ok)
        #expect(throws: TransportError(.responseTooLarge, message: "")) { try Self.assemble(lines, maximumHeadBytes: length - 1) }
    }

    @Test(arguments: [(11, "200", true, false), (10, "200", true, true), (11, "304", true, true), (11, "200", false, true)])
    func `a length beyond the bound is refused before the body comes`(
        length: Int, status: String, expectsBody: Bool, isTaken: Bool
    ) {
        var assembler = HTTPResponseAssembler(maximumHeadBytes: 100, maximumBodyBytes: 10, expectsBody: expectsBody)
        do throws(TransportError) {
            for line in ["HTTP/1.1 \(status)", "Content-Length: \(length)", ""] { try assembler.receivedHeadLine(Array(line.utf8).span) }
            #expect(isTaken)
        } catch {
            #expect(error.code == .responseTooLarge)
            #expect(!isTaken)
        }
    }

    @Test func `the body is bounded`() throws {
        var assembler = HTTPResponseAssembler(maximumHeadBytes: 100, maximumBodyBytes: 10, expectsBody: true)
        try assembler.receivedBody(pattern(6).span)
        try assembler.receivedBody(pattern(4).span)
        #expect(throws: TransportError(.responseTooLarge, message: "")) { try assembler.receivedBody([1].span) }
    }

    @Test(arguments: 0..<50 as Range<UInt64>)
    func `random lines never trap`(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let seeds = ["HTTP/1.1 200 OK\r\n", "Name: value\r\n", " folded\r\n", "\r\n"].map { Array($0.utf8) }
        var assembler = HTTPResponseAssembler(maximumHeadBytes: 10_000, maximumBodyBytes: 10, expectsBody: true)
        for _ in 0..<200 {
            var line = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 0...3, using: &random) where !line.isEmpty {
                line[Int.random(in: 0..<line.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            line.removeLast(Int.random(in: 0...line.count, using: &random))
            do throws(TransportError) {
                try assembler.receivedHeadLine(line.span)
                #expect(try assembler.finish().head.status.code >= 100)
            } catch {
                #expect(error.code == .malformedResponse || error.code == .responseTooLarge)
            }
        }
    }
}
