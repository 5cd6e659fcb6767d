// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSRuntime
import AWSTestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(1))) struct PaginationTests {
    struct List: AWSPaginatedOperation, AWSJSONOperation {
        struct Output: Sendable {
            var names: [String] = []
            var token: String?
        }

        static var service: AWSService { AWSService(name: "Test", endpointPrefix: "test", wireProtocol: .restJSON) }
        static var name: String { "List" }

        var token: String?

        func encode(into request: inout AWSRequestBuilder) {
            request.http(.get, "/things")
            request.query("token", self.token)
        }

        static func decode(_ json: inout JSONReader) throws(JSONError) -> Output {
            var output = Output()
            try json.beginObject()
            while let key = try json.nextKey() {
                switch key {
                case "names": output.names = try .init(from: &json)
                case "token": output.token = try .init(from: &json)
                default: try json.skip()
                }
            }
            return output
        }

        static func items(of output: Output) -> [String] { output.names }

        func nextPage(after output: Output) -> Self? {
            guard let token = output.token, !token.isEmpty else { return nil }
            return List(token: token)
        }
    }

    private static let pages: [ScriptedTransport.Step] = [
        .answer(200, #"{"names":["a","b"],"token":"1"}"#), .answer(200, #"{"names":[],"token":"2"}"#),
        .answer(200, #"{"names":["c"],"token":""}"#),
    ]

    private static func paths(_ transport: ScriptedTransport) -> [String?] { transport.requests.map(\.head.path) }

    @Test func `pages come one after the other, until the last one has no token`() async throws {
        let transport = ScriptedTransport(Self.pages)
        var sizes: [Int] = []
        for try await page in AWSClient.scripted(transport).pages(of: List()) { sizes.append(page.names.count) }
        #expect(sizes == [2, 0, 1])
        #expect(Self.paths(transport) == ["/things", "/things?token=1", "/things?token=2"])
    }

    @Test func `items come through all pages, an empty one too, and again from the start`() async throws {
        let transport = ScriptedTransport(Self.pages + Self.pages)
        let items = AWSClient.scripted(transport).items(of: List())
        for _ in 0..<2 {
            var names: [String] = []
            for try await name in items { names.append(name) }
            #expect(names == ["a", "b", "c"])
        }
    }

    @Test func `a page is asked for only when the one before was taken`() async throws {
        let transport = ScriptedTransport(Self.pages)
        for try await name in AWSClient.scripted(transport).items(of: List()) where name == "b" { break }
        #expect(transport.requests.count == 1)
    }

    @Test func `a service that repeats its token is not asked for ever`() async throws {
        let page = ScriptedTransport.Step.answer(200, #"{"names":["a"],"token":"1"}"#)
        let transport = ScriptedTransport([page, page, page])
        var pages = AWSClient.scripted(transport).pages(of: List()).makeAsyncIterator()
        // The second page came with the token that it was asked for by: it is a page all the same.
        for _ in 0..<2 { #expect(try await pages.next(isolation: nil)?.names == ["a"]) }
        await #expect(throws: AWSError(.malformedResponse, code: "PaginationLoop", message: "")) { try await pages.next(isolation: nil) }
        #expect(try await pages.next(isolation: nil) == nil)
        #expect(transport.requests.count == 2)
    }

    @Test func `a service whose tokens go round is not asked for ever`() async throws {
        let pages = ["1", "2", "3", "1", "2"].map { ScriptedTransport.Step.answer(200, #"{"names":["\#($0)"],"token":"\#($0)"}"#) }
        let transport = ScriptedTransport(pages)
        var items = AWSClient.scripted(transport).items(of: List()).makeAsyncIterator()
        for name in ["1", "2", "3", "1"] { #expect(try await items.next(isolation: nil) == name) }
        await #expect(throws: AWSError(.malformedResponse, code: "PaginationLoop", message: "")) { try await items.next(isolation: nil) }
        #expect(transport.requests.count == 4)
    }

    @Test func `an error ends the sequence`() async throws {
        let transport = ScriptedTransport([Self.pages[0], .answer(400, #"{"__type":"Bad"}"#)])
        var items = AWSClient.scripted(transport).items(of: List()).makeAsyncIterator()
        #expect(try await items.next(isolation: nil) == "a")
        #expect(try await items.next(isolation: nil) == "b")
        await #expect(throws: AWSError(.service, code: "Bad", message: "")) { try await items.next(isolation: nil) }
        #expect(try await items.next(isolation: nil) == nil)
    }
}

extension PaginationTests.List.Output: Equatable {}
