// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudFormationClient
import LambdaClient
import SQSClient
import Testing

/// CloudFormation, and what a stack makes, on the emulator.
@Suite struct StackTests {
    @Test func `a stack is made, left alone, updated and deleted`() async throws {
        let fixture = try StackFixture()
        let made = try await fixture.cloudFormation.deploy(fixture.deployment())
        #expect(made.stackStatus == .createComplete)
        #expect(made.tags == [StackTag(key: "test", value: fixture.name)])
        #expect(made.output("QueueURL")?.hasSuffix("/\(fixture.name)") == true)

        let unchanged = try await fixture.cloudFormation.deploy(fixture.deployment())
        #expect(unchanged.stackStatus == .createComplete)
        #expect(unchanged.stackID == made.stackID)

        let updated = try await fixture.cloudFormation.deploy(fixture.deployment(visibilityTimeout: 60))
        #expect(updated.stackStatus == .updateComplete)
        #expect(updated.parameters == [StackParameter(key: "Timeout", value: "60")])

        let resources = try await fixture.cloudFormation.send(DescribeStackResources(stackName: fixture.name)).stackResources
        #expect(Set((resources ?? []).compactMap(\.logicalResourceID)) == ["Queue", "Role", "Function"])

        try await fixture.delete()
        await #expect(throws: AWSError(.service, code: .validationError, message: "")) {
            try await fixture.cloudFormation.send(DescribeStacks(stackName: fixture.name))
        }
    }

    @Test func `a template that needs a capability is refused without it`() async throws {
        let fixture = try StackFixture()
        let error = await #expect(throws: StackDeploymentError.self) {
            try await fixture.cloudFormation.deploy(fixture.deployment(capabilities: []))
        }
        #expect(error?.code == .requestFailed)
        #expect(error?.cause?.code == .insufficientCapabilities)
    }

    @Test func `a resource that cannot be made is named, and its stack can only be deleted`() async throws {
        let fixture = try StackFixture()
        let wrong = fixture.deployment(role: #""arn:aws:iam::123456789012:role/nobody""#)
        let error = await #expect(throws: StackDeploymentError.self) { try await fixture.cloudFormation.deploy(wrong) }
        #expect(error?.code == .failed)
        #expect(error?.status == .rollbackComplete)
        #expect(error?.message.contains("Function (AWS::Lambda::Function): ") == true)

        await #expect(throws: StackDeploymentError(.notUpdatable, message: "")) {
            try await fixture.cloudFormation.deploy(fixture.deployment())
        }
        try await fixture.delete()
    }

    @Test func `messages go through the queue of a stack`() async throws {
        let fixture = try StackFixture()
        let stack = try await fixture.cloudFormation.deploy(fixture.deployment())
        let sqs = SQSClient(try AWSEmulator.client())
        let url = try #require(stack.output("QueueURL"))
        // The emulator's two answers differ in the host, which does not matter: requests go to the endpoint.
        #expect(try await sqs.send(GetQueueURL(queueName: fixture.name)).queueURL?.hasSuffix("/\(fixture.name)") == true)

        let attributes = ["text": MessageAttribute(string: "é"), "bytes": MessageAttribute(binary: [0x00, 0xff])]
        let body = #"{"id": "1", "text": "\u{1F511} & <b>"}"#
        let sent = try await sqs.send(SendMessage(queueURL: url, messageBody: body, messageAttributes: attributes))
        let described = try await sqs.send(GetQueueAttributes(queueURL: url, attributeNames: ["ApproximateNumberOfMessages"]))
        #expect(described.attributes == ["ApproximateNumberOfMessages": "1"])

        let received = try await sqs.send(
            ReceiveMessage(queueURL: url, messageAttributeNames: ["All"], maxNumberOfMessages: 10, waitTimeSeconds: 5))
        let message = try #require(received.messages?.first)
        #expect(received.messages?.count == 1)
        #expect(message.messageID == sent.messageID)
        #expect(message.body == body)
        #expect(message.messageAttributes == attributes)
        try await sqs.send(DeleteMessage(queueURL: url, receiptHandle: try #require(message.receiptHandle)))
        #expect(try await sqs.send(ReceiveMessage(queueURL: url)).messages ?? [] == [])

        await #expect(throws: AWSError(.service, code: .queueDoesNotExist, message: "")) {
            try await sqs.send(GetQueueURL(queueName: "\(fixture.name)-other"))
        }
        try await fixture.delete()
    }

    @Test func `the function of a stack runs, and its failure is told apart from that of the call`() async throws {
        let fixture = try StackFixture()
        _ = try await fixture.cloudFormation.deploy(fixture.deployment())
        let lambda = LambdaClient(try AWSEmulator.client())
        let configuration = try await lambda.send(GetFunctionConfiguration(functionName: fixture.name))
        #expect(configuration.state == .active)
        #expect(configuration.timeout == 30)

        let answer = try await lambda.send(Invoke(functionName: fixture.name, logType: .tail, payload: Array(#"{"a": "é"}"#.utf8)))
        #expect(answer.statusCode == 200)
        #expect(try JSONValue(parsing: answer.payload ?? []) == ["a": "é"])
        #expect(answer.functionError == nil)
        #expect(answer.executedVersion == "$LATEST")
        #expect(answer.logTail?.contains("got {'a': 'é'}") == true)

        let failed = try await lambda.send(Invoke(functionName: fixture.name, payload: Array(#"{"fail": true}"#.utf8)))
        #expect(failed.functionError == "Unhandled")
        #expect(try JSONValue(parsing: failed.payload ?? [])["errorMessage"] == "as told")

        let queued = try await lambda.send(
            Invoke(functionName: fixture.name, invocationType: .event, payload: Array("{}".utf8)))
        #expect(queued.statusCode == 202)
        #expect(queued.payload == [])

        await #expect(throws: AWSError(.service, code: .resourceNotFound, message: "")) {
            try await lambda.send(Invoke(functionName: "\(fixture.name)-other"))
        }
        try await fixture.delete()
    }
}
