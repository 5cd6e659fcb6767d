// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTypes
import Synchronization
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2)))
struct HTTPStreamingTests {
    private struct Oops: Error {}

    /// Pieces of so many bytes in all.
    private static func pieces(_ total: Int) -> @Sendable (HTTPBodyWriter) async throws -> Void {
        { writer in
            var rest = pattern(total)[...]
            while !rest.isEmpty {
                try await writer.write(Array(rest.prefix(50_000)))
                rest = rest.dropFirst(50_000)
            }
        }
    }

    @Test(arguments: HTTPWay.all)
    func `a response is read in pieces, after its head`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            for _ in 0..<10 {
                let count = try await transport.withResponse(to: way.request("/bytes/2000000", of: server)) { response in
                    #expect(response.head.status == .ok)
                    #expect(response.head.headerFields[.contentLength] == "2000000")
                    var body: [UInt8] = []
                    for try await piece in response.body { body += piece }
                    #expect(body == pattern(2_000_000))
                    return try await response.body.bytes(upTo: 0).count
                }
                #expect(count == 0)
            }
            let connections = try await transport.send(way.request("/count", of: server)).text
            #expect(connections == "2", "one that streams, used again, and one that does not")
        }
    }

    @Test(arguments: HTTPWay.all)
    func `a piece is handed over before the next one comes`(way: HTTPWay) async throws {
        try await way.withServer { server in
            try await way.transport.withResponse(to: way.request("/drip", of: server)) { response in
                var pieces = response.body.makeAsyncIterator()
                let first = try await pieces.next()
                #expect(first == Array("first;".utf8))
                _ = try await server.ask("release")
                let second = try await pieces.next()
                #expect(second == Array("second".utf8))
                let end = try await pieces.next()
                #expect(end == nil)
            }
        }
    }

    @Test(arguments: HTTPWay.all, [true, false])
    func `a request is written in pieces, with its length or chunked`(way: HTTPWay, isKnown: Bool) async throws {
        try await way.withServer { server in
            let transport = way.transport
            let total = 5_000_000
            for _ in 0..<2 {
                let stream = HTTPRequestStream(length: isKnown ? .known(total) : .unknown, write: Self.pieces(total))
                let text = try await transport.withResponse(
                    to: way.request("/digest", of: server, method: .post), streaming: stream
                ) { String(decoding: try await $0.body.bytes(upTo: 1_000), as: UTF8.self) }
                #expect(text == "\(isKnown ? "sized" : "chunked") \(total) intact")
            }
            #expect(try await transport.send(way.request("/count", of: server)).text == "2")
        }
    }

    @Test(arguments: HTTPWay.all)
    func `a sequence is a body too, and so is an empty one`(way: HTTPWay) async throws {
        try await way.withServer { server in
            for texts in [["one ", "", "two"], []] {
                let pieces = AsyncStream<[UInt8]> { continuation in
                    for text in texts { continuation.yield(Array(text.utf8)) }
                    continuation.finish()
                }
                let body = try await way.transport.withResponse(
                    to: way.request("/echo", of: server, method: .put), streaming: HTTPRequestStream(pieces)
                ) { String(decoding: try await $0.body.bytes(upTo: 10_000), as: UTF8.self) }
                #expect(Array(body.utf8).suffix(1 + texts.joined().utf8.count) == Array("\n\(texts.joined())".utf8)[...])
            }
        }
    }

    @Test(arguments: HTTPWay.all)
    func `what is written next may depend on what was read`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let (questions, asking) = AsyncStream<[UInt8]>.makeStream()
            asking.yield(Array("a0;".utf8))
            try await way.transport.withResponse(
                to: way.request("/converse", of: server, method: .post), streaming: HTTPRequestStream(questions)
            ) { response in
                var answers = ""
                for try await piece in response.body {
                    answers += String(decoding: piece, as: UTF8.self)
                    let count = answers.count { $0 == ";" }
                    guard answers.hasSuffix(";") else { continue }
                    if count < 50 { asking.yield(Array("a\(count);".utf8)) } else { asking.finish() }
                }
                #expect(answers == (0..<50).map { "A\($0);" }.joined())
            }
        }
    }

    // MARK: - Back-pressure

    @Test(arguments: HTTPWay.all)
    func `a reader that takes its time holds the server back, and loses nothing`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let total = 32_000_000
            try await way.transport.withResponse(to: way.request("/flood/\(total)", of: server)) { response in
                try await server.expectResult("blocked")
                var body: [UInt8] = []
                for try await piece in response.body {
                    #expect(piece.count < 300_000)
                    body += piece
                }
                #expect(body == pattern(total))
            }
        }
    }

    @Test func `over HTTP/2 a body that nobody reads holds back no other request`() async throws {
        let way = HTTPWay.http2
        try await way.withServer { server in
            let transport = way.transport
            let total = 32_000_000
            try await transport.withResponse(to: way.request("/flood/\(total)", of: server)) { response in
                try await server.expectResult("blocked")
                for _ in 0..<20 {
                    let other = try await transport.send(way.request("/echo", of: server))
                    #expect(other.head.status == .ok)
                }
                let body = try await transport.withResponse(to: way.request("/bytes/1000000", of: server)) { other in
                    try await other.body.bytes(upTo: 1_000_000)
                }
                #expect(body == pattern(1_000_000))
                var count = 0
                for try await piece in response.body { count += piece.count }
                #expect(count == total)
            }
        }
    }

    /// Whether the server was told to go on.
    private final class Release: Sendable {
        private let isDone = Atomic(false)
        var hasCome: Bool { self.isDone.load(ordering: .sequentiallyConsistent) }
        func come() { self.isDone.store(true, ordering: .sequentiallyConsistent) }
    }

    @Test(arguments: HTTPWay.all)
    func `a server that takes its time holds the writer back`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let release = Release()
            // More than all buffers on the way hold: the writer is done only after the server has begun to read.
            let (piece, count) = (pattern(100_000), 300)
            let stream = HTTPRequestStream(length: .known(count * piece.count)) { writer in
                for _ in 0..<count { try await writer.write(piece) }
                #expect(release.hasCome)
            }
            try await withThrowingTaskGroup(of: String.self) { group in
                group.addTask {
                    try await way.transport.withResponse(
                        to: way.request("/unread", of: server, method: .post), streaming: stream
                    ) { response in String(decoding: try await response.body.bytes(upTo: 100), as: UTF8.self) }
                }
                try await server.expectResult("asked")
                release.come()
                _ = try await server.ask("release")
                for try await text in group { #expect(text == String(count * piece.count)) }
            }
        }
    }

    // MARK: - Ends before the end

    @Test(arguments: HTTPWay.all)
    func `a reader that has enough ends the exchange`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            for _ in 0..<5 {
                try await transport.withResponse(to: way.request("/bytes/8000000", of: server)) { response in
                    var pieces = response.body.makeAsyncIterator()
                    let first = try await pieces.next()
                    #expect(first?.isEmpty == false)
                }
            }
            #expect(try await transport.send(way.request("/echo", of: server)).head.status == .ok)
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
        }
    }

    @Test(arguments: HTTPWay.all)
    func `what the reader throws is thrown`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let error = await way.transport.streamFailure(of: way.request("/bytes/5000000", of: server)) { _ in throw Oops() }
            #expect(error is Oops)
        }
    }

    @Test(arguments: HTTPWay.http1)
    func `what the writer throws is thrown, and the server sees a request that was cut`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let stream = HTTPRequestStream { writer in
                try await writer.write([1, 2, 3])
                try await server.expectResult("asked")
                throw Oops()
            }
            let error = await way.transport.streamFailure(of: way.request("/until", of: server, method: .post), streaming: stream)
            #expect(error is Oops)
            try await server.expectResult("cut")
        }
    }

    @Test(arguments: [2, 4])
    func `a body that is not as long as was told is no request`(length: Int) async throws {
        try await HTTPWay.plain.withServer { server in
            let stream = HTTPRequestStream(length: .known(length)) { try await $0.write([1, 2, 3]) }
            let request = HTTPWay.plain.request("/until", of: server, method: .post)
            #expect(code(await HTTPWay.plain.transport.streamFailure(of: request, streaming: stream)) == .invalidRequest)
        }
    }

    @Test(arguments: HTTPWay.all)
    func `cancelling ends a streamed exchange wherever it stands`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let transport = way.transport
            let waiting = way.request("/never", of: server, method: .post)
            // While the head is waited for, and the writer for something to write.
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    let stream = HTTPRequestStream { _ in try await Task.sleep(for: .seconds(3_600)) }
                    #expect(code(await transport.streamFailure(of: waiting, streaming: stream)) == .cancelled)
                }
                _ = try? await server.expectResult("asked")
                group.cancelAll()
            }
            // While the body is waited for.
            let (began, begin) = AsyncStream<Void>.makeStream()
            await withTaskGroup(of: Void.self) { group in
                group.addTask {
                    let request = way.request("/converse", of: server, method: .post)
                    let stream = HTTPRequestStream { writer in
                        try await writer.write([1])
                        try await Task.sleep(for: .seconds(3_600))
                    }
                    let error = await transport.streamFailure(of: request, streaming: stream) { response in
                        for try await _ in response.body { begin.yield() }
                    }
                    #expect(code(error) == .cancelled)
                }
                for await _ in began { break }
                group.cancelAll()
            }
            try await eventually("no exchange is left") { transport.liveExchanges == 0 }
        }
    }

    @Test func `a task that was cancelled before opens nothing`() async throws {
        try await HTTPWay.plain.withServer { server in
            let transport = HTTPWay.plain.transport
            await withTaskGroup(of: Void.self) { group in
                group.cancelAll()
                group.addTask {
                    #expect(code(await transport.streamFailure(of: HTTPWay.plain.request("/echo", of: server))) == .cancelled)
                }
            }
            let count = try await transport.send(server.request("/count")).text
            #expect(count == "1")
        }
    }

    @Test(arguments: HTTPWay.all)
    func `a streamed exchange has a deadline`(way: HTTPWay) async throws {
        try await way.withServer { server in
            let request = way.request("/never", of: server, method: .post, timeout: .seconds(1))
            let stream = HTTPRequestStream { _ in try await Task.sleep(for: .seconds(3_600)) }
            let outcome = code(await way.transport.streamFailure(of: request, streaming: stream))
            // A busy machine may not even have a connection by then.
            #expect(outcome == .timedOut || outcome == .connectTimedOut)
        }
    }

    @Test(arguments: [HTTPWay.plain, .tls])
    func `an exchange in which nothing moves is over after its idle time`(way: HTTPWay) async throws {
        try await way.withServer { server in
            var request = way.request("/stall", of: server)
            request.idleTimeout = .seconds(1)
            let error = await way.transport.streamFailure(of: request)
            #expect(code(error) == .timedOut)
        }
    }

    @Test func `a writer that was told that no more is wanted may say so in its own words`() async throws {
        try await HTTPWay.plain.withServer { server in
            let told = Mutex<TransportError?>(nil)
            let stream = HTTPRequestStream { writer in
                do throws(TransportError) {
                    while true { try await writer.write(pattern(50_000)) }
                } catch {
                    told.withLock { $0 = error }
                    throw error
                }
            }
            let request = HTTPWay.plain.request("/early/413-Content-Too-Large", of: server, method: .post)
            try await HTTPWay.plain.transport.withResponse(to: request, streaming: stream) { response in
                #expect(response.head.status.code == 413)
                let body = try await response.body.bytes(upTo: 100)
                #expect(body == Array("enough".utf8))
            }
            let code = told.withLock { $0?.code }
            #expect(code == .requestBodyUnwanted || code == .cancelled)
        }
    }
}
