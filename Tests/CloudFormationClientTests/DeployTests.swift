// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import CloudFormationClient
import Synchronization
import Testing
import Transport

@Suite struct DeployTests {
    static let deployment = StackDeployment(
        stackName: "lamassu", templateBody: "{}", parameters: [StackParameter(key: "A", value: "1")], capabilities: [.iam])

    static let absent = ScriptedTransport.Step.answer(400, refusal("ValidationError", "Stack with id lamassu does not exist"))

    static func refusal(_ code: String, _ message: String) -> String {
        "<ErrorResponse><Error><Code>\(code)</Code><Message>\(message)</Message></Error></ErrorResponse>"
    }

    static func described(_ status: String) -> ScriptedTransport.Step {
        .answer(
            200,
            AnswerTests.document(
                "DescribeStacks",
                "<Stacks><member><StackId>arn:1</StackId><StackName>lamassu</StackName><StackStatus>\(status)</StackStatus></member></Stacks>"
            ))
    }

    static let created = ScriptedTransport.Step.answer(200, AnswerTests.document("CreateStack", "<StackId>arn:1</StackId>"))
    static let updated = ScriptedTransport.Step.answer(200, AnswerTests.document("UpdateStack", "<StackId>arn:1</StackId>"))

    /// The operations that were sent, and on which stack.
    static func calls(_ transport: ScriptedTransport) -> [String] {
        transport.requests.map { request in
            let form = String(decoding: request.body, as: UTF8.self).split(separator: "&").map(String.init)
            func value(_ name: String) -> String {
                form.first { $0.hasPrefix("\(name)=") }.map { String($0.dropFirst(name.count + 1)) } ?? ""
            }
            return "\(value("Action")) \(value("StackName"))"
        }
    }

    /// Deploys over a script; no time passes.
    static func deploy(_ steps: [ScriptedTransport.Step], expecting calls: [String]) async throws -> Stack {
        let transport = ScriptedTransport(steps)
        defer { #expect(Self.calls(transport) == calls) }
        return try await CloudFormationClient(.scripted(transport)).deploy(Self.deployment, elapsed: { .zero }, sleep: { _ in })
    }

    @Test func `a new stack is made, then asked for by its id`() async throws {
        let stack = try await Self.deploy(
            [Self.absent, Self.created, Self.described("CREATE_IN_PROGRESS"), Self.described("CREATE_COMPLETE")],
            expecting: ["DescribeStacks lamassu", "CreateStack lamassu", "DescribeStacks arn%3A1", "DescribeStacks arn%3A1"])
        #expect(stack.stackStatus == .createComplete)
    }

    @Test func `a stack that is there is updated`() async throws {
        let stack = try await Self.deploy(
            [Self.described("CREATE_COMPLETE"), Self.updated, Self.described("UPDATE_COMPLETE")],
            expecting: ["DescribeStacks lamassu", "UpdateStack lamassu", "DescribeStacks arn%3A1"])
        #expect(stack.stackStatus == .updateComplete)
    }

    @Test func `an update that changes nothing is a success`() async throws {
        let stack = try await Self.deploy(
            [
                Self.described("UPDATE_ROLLBACK_COMPLETE"),
                .answer(400, Self.refusal("ValidationError", "No updates are to be performed.")),
                Self.described("UPDATE_ROLLBACK_COMPLETE"),
            ], expecting: ["DescribeStacks lamassu", "UpdateStack lamassu", "DescribeStacks lamassu"])
        #expect(stack.stackStatus == .updateRollbackComplete)
    }

    @Test func `a stack whose making was answered but the answer lost is found`() async throws {
        let stack = try await Self.deploy(
            [
                Self.absent, .answer(400, Self.refusal("AlreadyExistsException", "Stack [lamassu] already exists")),
                Self.described("CREATE_COMPLETE"), .answer(400, Self.refusal("ValidationError", "No updates are to be performed.")),
                Self.described("CREATE_COMPLETE"),
            ],
            expecting: [
                "DescribeStacks lamassu", "CreateStack lamassu", "DescribeStacks lamassu", "UpdateStack lamassu", "DescribeStacks lamassu",
            ])
        #expect(stack.stackStatus == .createComplete)
    }

    @Test func `a look that fails for a moment is taken again`() async throws {
        let stack = try await Self.deploy(
            [Self.absent, Self.created, .answer(503, ""), .fail(.connectionClosed), Self.described("CREATE_COMPLETE")],
            expecting: ["DescribeStacks lamassu", "CreateStack lamassu"] + Array(repeating: "DescribeStacks arn%3A1", count: 3))
        #expect(stack.stackStatus == .createComplete)
    }

    @Test func `a failure names the resource, from the events of this deployment`() async throws {
        let transport = ScriptedTransport([
            Self.absent, Self.created, Self.described("ROLLBACK_COMPLETE"),
            .answer(
                200,
                AnswerTests.document(
                    "DescribeStackEvents",
                    "<StackEvents><member><LogicalResourceId>Late</LogicalResourceId><ResourceStatus>CREATE_FAILED</ResourceStatus></member></StackEvents><NextToken>2</NextToken>"
                )),
            .answer(
                200,
                AnswerTests.document(
                    "DescribeStackEvents",
                    "<StackEvents><member><LogicalResourceId>First</LogicalResourceId><ResourceType>AWS::SQS::Queue</ResourceType><ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>why</ResourceStatusReason></member></StackEvents>"
                )),
        ])
        let error = await #expect(throws: StackDeploymentError.self) {
            try await CloudFormationClient(.scripted(transport)).deploy(Self.deployment, elapsed: { .zero }, sleep: { _ in })
        }
        #expect(error?.code == .failed)
        #expect(error?.message == "lamassu failed: First (AWS::SQS::Queue): why")
        #expect(Self.calls(transport).suffix(2) == ["DescribeStackEvents arn%3A1", "DescribeStackEvents arn%3A1"])
    }

    @Test(arguments: [
        ScriptedTransport.Step.answer(403, refusal("AccessDenied", "no")), .answer(400, refusal("InsufficientCapabilitiesException", "no")),
        .answer(500, "<html></html>"), .fail(.timedOut), .answer(200, "<html></html>"),
    ])
    func `a call that fails is the error's cause`(step: ScriptedTransport.Step) async throws {
        let transport = ScriptedTransport([Self.absent, step])
        let error = await #expect(throws: StackDeploymentError.self) {
            try await CloudFormationClient(.scripted(transport)).deploy(Self.deployment, elapsed: { .zero }, sleep: { _ in })
        }
        #expect(error?.code == .requestFailed)
        #expect(error?.cause != nil)
    }

    @Test func `waiting ends with the time, and with the task`() async throws {
        let elapsed = Mutex(Duration.zero)
        let steps = [Self.absent, Self.created] + Array(repeating: Self.described("CREATE_IN_PROGRESS"), count: 1_000)
        let client = CloudFormationClient(.scripted(ScriptedTransport(steps)))
        await #expect(throws: StackDeploymentError(.timedOut, message: "")) {
            try await client.deploy(
                Self.deployment, elapsed: { elapsed.withLock { $0 } }, sleep: { delay in elapsed.withLock { $0 += delay } })
        }
        #expect(elapsed.withLock { $0 } <= Self.deployment.timeout)

        let cancelled = CloudFormationClient(.scripted(ScriptedTransport(steps)))
        let error = await #expect(throws: StackDeploymentError.self) {
            try await cancelled.deploy(Self.deployment, elapsed: { .zero }, sleep: { _ in throw CancellationError() })
        }
        #expect(error?.cause?.kind == .cancelled)
    }
}
