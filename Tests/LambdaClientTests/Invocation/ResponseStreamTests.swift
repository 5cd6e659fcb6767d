// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import LambdaClient
import Testing
import Transport

/// What reading a function's answer in pieces makes of Lambda's event streams.
@Suite struct ResponseStreamTests {
    static func event(_ type: String, _ payload: String) throws -> [UInt8] {
        try EventStreamMessage(
            headers: [.init(name: ":message-type", value: .string("event")), .init(name: ":event-type", value: .string(type))],
            payload: Array(payload.utf8)
        ).encoded()
    }

    /// The pieces as texts, the error that ended them, and what is asked for behind the end.
    static func read(
        _ events: [(type: String, payload: String)], cutting missing: Int = 0
    ) async throws -> (texts: [String], error: LambdaError?, afterwards: [UInt8]?) {
        let bytes = try events.flatMap { try Self.event($0.type, $0.payload) }
        let transport = ScriptedTransport([.stream(200, [Array(bytes.dropLast(missing))], ["X-Amz-Executed-Version": "7"])])
        let lambda = LambdaClient(.scripted(transport))
        return try await lambda.withResponseStream(of: "f", qualifier: "live", with: ["a": 1]) { pieces in
            var texts: [String] = []
            var iterator = pieces.makeAsyncIterator()
            do throws(LambdaError) {
                while let piece = try await iterator.next(isolation: #isolation) { texts.append(String(decoding: piece, as: UTF8.self)) }
                return (texts, nil, try await iterator.next(isolation: #isolation))
            } catch {
                return (texts, error, try await iterator.next(isolation: #isolation))
            }
        }
    }

    @Test func `pieces come in their order, and events that nobody knows yet are passed over`() async throws {
        let read = try await Self.read([("PayloadChunk", "one"), ("NotKnownYet", "x"), ("PayloadChunk", "two"), ("InvokeComplete", "{}")])
        #expect(read.texts == ["one", "two"])
        #expect(read.error == nil && read.afterwards == nil)
    }

    @Test func `a function that fails behind some pieces ends them with an error that has its log`() async throws {
        let details = #"{\"errorType\": \"KeyError\", \"errorMessage\": \"no such key\"}"#
        let end = #"{"ErrorCode": "Unhandled", "ErrorDetails": "\#(details)", "LogResult": "bGluZSAx"}"#
        let read = try await Self.read([("PayloadChunk", "one"), ("InvokeComplete", end)])
        #expect(read.texts == ["one"] && read.afterwards == nil)
        let error = try #require(read.error)
        #expect(error == LambdaError(.functionFailed, message: ""))
        #expect(!"\(error)".contains("no such key"))
        let failure = try #require(error.failure)
        #expect(failure.type == "KeyError" && failure.message == "no such key")
        #expect(failure.logTail == "line 1" && failure.executedVersion == "7")
    }

    @Test func `a failure that is told as a text is one with Lambda's code for its type`() async throws {
        let read = try await Self.read([("InvokeComplete", #"{"ErrorCode": "Runtime.ExitError", "ErrorDetails": "exit status 1"}"#)])
        let failure = try #require(read.error?.failure)
        #expect(failure.type == "Runtime.ExitError" && failure.message == "exit status 1")
    }

    @Test(arguments: [0, 1, 30]) func `an answer that ends before the function has done so is an error`(missing: Int) async throws {
        let read = try await Self.read([("PayloadChunk", "one"), ("PayloadChunk", "two")], cutting: missing)
        #expect(read.texts == (missing == 0 ? ["one", "two"] : ["one"]))
        #expect(read.error == LambdaError(.callFailed, message: "") && read.afterwards == nil)
    }

    @Test func `a refusal is an error with its cause, and what the closure throws stays as it is`() async throws {
        let end = try Self.event("InvokeComplete", "{}")
        let transport = ScriptedTransport([
            .answer(404, #"{"Message": "gone"}"#, ["x-amzn-errortype": "ResourceNotFoundException"]), .stream(200, [end]),
        ])
        let lambda = LambdaClient(.scripted(transport))
        let refusal = await #expect(throws: LambdaError.self) { try await lambda.withResponseStream(of: "f", with: "a") { _ in } }
        #expect(refusal?.code == .callFailed && refusal?.cause?.code == .resourceNotFound)
        let own = AWSError(.service, code: "Other", message: "of another call")
        await #expect(throws: own) { try await lambda.withResponseStream(of: "f", with: "a") { _ in throw own } }
    }
}
