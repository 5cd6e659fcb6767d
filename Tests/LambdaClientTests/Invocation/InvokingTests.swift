// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import LambdaClient
import Testing
import Transport

/// What an invocation makes of Lambda's answers.
@Suite struct InvokingTests {
    static func lambda(_ transport: ScriptedTransport) -> LambdaClient { LambdaClient(.scripted(transport)) }

    @Test func `the input is sent as JSON, and what the function returns is read`() async throws {
        let transport = ScriptedTransport([.answer(200, "[1, 2]")])
        let answer = try await Self.lambda(transport).invoke("f", qualifier: "live", with: ["a": 1], returning: [Int].self)
        #expect(answer == [1, 2])
        let request = try #require(transport.requests.first)
        #expect(request.body == Array(#"{"a":1}"#.utf8))
        #expect(request.head.path == "/2015-03-31/functions/f/invocations?Qualifier=live")
    }

    @Test(arguments: ["null", ""]) func `a function that returns nothing gives nil`(payload: String) async throws {
        let transport = ScriptedTransport([.answer(200, payload)])
        #expect(try await Self.lambda(transport).invoke("f", with: "a", returning: String?.self) == nil)
    }

    @Test func `a function that fails is an error with what it failed with and the end of its log`() async throws {
        let payload = #"{"errorMessage": "no such key", "errorType": "KeyError", "stackTrace": ["a.py", "b.py"]}"#
        let transport = ScriptedTransport([
            .answer(
                200, payload,
                ["X-Amz-Function-Error": "Unhandled", "X-Amz-Log-Result": "bGluZSAx", "X-Amz-Executed-Version": "7"])
        ])
        do {
            _ = try await Self.lambda(transport).invoke("f", with: "secret", returning: String.self)
            Issue.record("the function has failed")
        } catch {
            #expect(error == LambdaError(.functionFailed, message: ""))
            #expect(!"\(error)".contains("no such key"))
            let failure = try #require(error.failure)
            #expect(failure.type == "KeyError")
            #expect(failure.message == "no such key")
            #expect(failure.stackTrace == ["a.py", "b.py"])
            #expect(failure.logTail == "line 1")
            #expect(failure.executedVersion == "7")
            #expect(failure.payload == Array(payload.utf8))
        }
    }

    @Test func `what is no JSON, or of another type, is an error that does not tell it`() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"secret": 1}"#)])
        do {
            _ = try await Self.lambda(transport).invoke("f", with: "a", returning: [String].self)
            Issue.record("an object is no array")
        } catch {
            #expect(error == LambdaError(.outputNotDecodable, message: ""))
            #expect(!"\(error)".contains("secret"))
        }
    }

    @Test func `an input without a JSON form is not sent`() async throws {
        let transport = ScriptedTransport([])
        await #expect(throws: LambdaError(.inputNotEncodable, message: "")) {
            try await Self.lambda(transport).sendEvent(to: "f", Double.infinity)
        }
        #expect(transport.requests.isEmpty)
    }

    @Test func `an event and a check are invocations of other types, and a refusal is an error with its cause`() async throws {
        let transport = ScriptedTransport([
            .answer(202, ""), .answer(204, ""), .answer(404, #"{"Message": "gone"}"#, ["x-amzn-errortype": "ResourceNotFoundException"]),
        ])
        let lambda = Self.lambda(transport)
        try await lambda.sendEvent(to: "f", "a")
        try await lambda.checkInvocation(of: "f", with: "a")
        do {
            try await lambda.checkInvocation(of: "f", with: "a")
            Issue.record("there is no such function")
        } catch {
            #expect(error == LambdaError(.callFailed, message: ""))
            #expect(error.cause?.code == .resourceNotFound)
        }
        let name = try #require(HTTPField.Name("X-Amz-Invocation-Type"))
        #expect(transport.requests.map { $0.head.headerFields[name] } == ["Event", "DryRun", "DryRun"])
    }

    @Test(arguments: [#""text""#, "[]", "{", "", #"{"errorType": 1, "stackTrace": [1]}"#])
    func `a failure of any form is read as far as it goes`(payload: String) {
        let failure = FunctionFailure(payload: Array(payload.utf8))
        #expect(failure.type == nil && failure.message == nil && failure.stackTrace == [])
        #expect(failure.payload == Array(payload.utf8))
    }
}
