// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import LambdaClient
import Testing

@Suite struct AnswerTests {
    @Test func `an invocation gives what the function returned`() async throws {
        let transport = ScriptedTransport([
            .answer(200, #"{"ok": true}"#, ["X-Amz-Executed-Version": "$LATEST", "X-Amz-Log-Result": "U1RBUlQK"])
        ])
        let output = try await LambdaClient(.scripted(transport)).send(Invoke(functionName: "notify"))
        #expect(output.statusCode == 200)
        #expect(output.payload == Array(#"{"ok": true}"#.utf8))
        #expect(output.functionError == nil)
        #expect(output.executedVersion == "$LATEST")
        #expect(output.logTail == "START\n")
    }

    @Test func `a failed function is an answer that says so`() async throws {
        let transport = ScriptedTransport([.answer(200, #"{"errorMessage": "boom"}"#, ["X-Amz-Function-Error": "Unhandled"])])
        let output = try await LambdaClient(.scripted(transport, attempts: 3)).send(Invoke(functionName: "notify"))
        #expect(output.functionError == "Unhandled")
        #expect(transport.requests.count == 1)
    }

    @Test(arguments: [(202, InvocationType.event), (204, .dryRun)])
    func `a queued event and a dry run have no payload`(status: Int, type: InvocationType) async throws {
        let transport = ScriptedTransport([.answer(status, "", ["X-Amz-Log-Result": "no base64"])])
        let output = try await LambdaClient(.scripted(transport)).send(Invoke(functionName: "notify", invocationType: type))
        #expect(output.statusCode == status)
        #expect(output.payload == [])
        #expect(output.logTail == nil)
    }

    @Test func `a function is described`() async throws {
        let answer = """
            {"Configuration": {"FunctionName": "notify", "FunctionArn": "a", "Runtime": "python3.12", "Timeout": 30, "MemorySize": 128,
            "State": "Active", "LastModified": "2026-01-01T00:00:00.000+0000", "DeadLetterConfig": null, "Layers": [{"Arn": "x"}]},
            "Code": {"Location": "https://secret"}, "Tags": {"k": "v"}}
            """
        let output = try await LambdaClient(.scripted(ScriptedTransport([.answer(200, answer)]))).send(GetFunction(functionName: "notify"))
        #expect(output.configuration?.functionName == "notify")
        #expect(output.configuration?.runtime == "python3.12")
        #expect(output.configuration?.timeout == 30)
        #expect(output.configuration?.state == .active)
        #expect(output.tags == ["k": "v"])
        #expect(!"\(output)".contains("secret"))
    }

    @Test func `an unknown function is an error with Lambda's code`() async throws {
        let transport = ScriptedTransport([
            .answer(404, #"{"Type": "User", "Message": "no such function"}"#, ["x-amzn-ErrorType": "ResourceNotFoundException"])
        ])
        await #expect(throws: AWSError(.service, code: .resourceNotFound, message: "")) {
            try await LambdaClient(.scripted(transport)).send(Invoke(functionName: "nobody"))
        }
    }

    static let answers = [
        SampleAnswer(GetFunction.self, #"{"Configuration": {"State": "Active", "new": {}}, "Tags": {"k": "v"}, "new": [1]}"#),
        SampleAnswer(GetFunctionConfiguration.self, #"{"FunctionName": "notify", "Timeout": 3, "new": null}"#),
    ]

    @Test(arguments: answers) func `a good answer is read, unknown members and all`(answer: SampleAnswer) {
        #expect(answer.failure == nil)
    }

    @Test(arguments: answers) func `what is cut, and what is no answer of AWS, is a malformed response`(answer: SampleAnswer) {
        let expected = AWSError(.malformedResponse, code: "MalformedResponse", message: "")
        #expect(answer.truncationErrors.allSatisfy { $0 == expected })
        #expect(answer.pageErrors.allSatisfy { $0 == expected })
    }

    @Test(arguments: answers) func `changed bytes give an answer or a malformed response`(answer: SampleAnswer) {
        #expect(answer.mutationErrors.allSatisfy { $0.kind == .malformedResponse })
    }
}
