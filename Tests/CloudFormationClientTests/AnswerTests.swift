// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import CloudFormationClient
import Testing

@Suite struct AnswerTests {
    /// The document CloudFormation answers an operation with.
    static func document(_ operation: String, _ result: String) -> String {
        """
        <\(operation)Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><\(operation)Result>\(result)</\(operation)Result>\
        <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></\(operation)Response>
        """
    }

    /// Sends an operation to an AWS that gives `answer`.
    static func send<Operation: CloudFormationOperation>(_ operation: Operation, answer: String) async throws -> Operation.Output {
        try await CloudFormationClient(.scripted(ScriptedTransport([.answer(200, answer)]))).send(operation)
    }

    @Test func `a stack is described with parameters, outputs and tags`() async throws {
        let answer = Self.document(
            "DescribeStacks",
            """
            <Stacks><member><StackId>arn:1</StackId><StackName>lamassu</StackName><Description>a &amp; b</Description>
            <StackStatus>CREATE_COMPLETE</StackStatus><StackStatusReason/><DriftInformation><StackDriftStatus>NOT_CHECKED</StackDriftStatus>
            </DriftInformation><Parameters><member><ParameterKey>P</ParameterKey><ParameterValue>1</ParameterValue></member></Parameters>
            <Outputs><member><OutputKey>QueueURL</OutputKey><OutputValue>https://q</OutputValue><ExportName>e</ExportName></member>
            <member><OutputKey>Empty</OutputKey><OutputValue></OutputValue></member></Outputs>
            <Tags><member><Key>k</Key><Value>v</Value></member></Tags></member></Stacks><NextToken>n</NextToken>
            """)
        let output = try await Self.send(DescribeStacks(), answer: answer)
        let stack = try #require(output.stacks?.first)
        #expect(output.nextToken == "n")
        #expect(stack.stackID == "arn:1")
        #expect(stack.stackName == "lamassu")
        #expect(stack.description == "a & b")
        #expect(stack.stackStatus == .createComplete)
        #expect(stack.parameters == [StackParameter(key: "P", value: "1")])
        #expect(stack.tags == [StackTag(key: "k", value: "v")])
        #expect(stack.output("QueueURL") == "https://q")
        #expect(stack.output("Empty") == "")
        #expect(stack.output("Missing") == nil)
    }

    @Test func `events and resources are listed`() async throws {
        let events = try await Self.send(
            DescribeStackEvents(stackName: "lamassu"),
            answer: Self.document(
                "DescribeStackEvents",
                """
                <StackEvents><member><EventId>e-1</EventId><LogicalResourceId>Role</LogicalResourceId><ResourceType>AWS::IAM::Role</ResourceType>
                <ResourceStatus>CREATE_FAILED</ResourceStatus><ResourceStatusReason>no</ResourceStatusReason>
                <Timestamp>2026-01-01T00:00:00.000Z</Timestamp><New><A/></New></member></StackEvents>
                """))
        let event = try #require(events.stackEvents?.first)
        #expect(event.logicalResourceID == "Role")
        #expect(event.resourceStatus == "CREATE_FAILED")
        #expect(event.resourceStatusReason == "no")
        let resources = try await Self.send(
            DescribeStackResources(stackName: "lamassu"),
            answer: Self.document(
                "DescribeStackResources",
                """
                <StackResources><member><LogicalResourceId>Queue</LogicalResourceId><PhysicalResourceId>q-1</PhysicalResourceId>
                <ResourceType>AWS::SQS::Queue</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></member></StackResources>
                """))
        #expect(resources.stackResources?.map(\.physicalResourceID) == ["q-1"])
    }

    @Test(arguments: [
        ("CREATE_IN_PROGRESS", true, false), ("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", true, false), ("CREATE_COMPLETE", false, true),
        ("UPDATE_COMPLETE", false, true), ("REVIEW_IN_PROGRESS", false, false), ("ROLLBACK_COMPLETE", false, false),
        ("UPDATE_ROLLBACK_COMPLETE", false, false), ("CREATE_FAILED", false, false), ("NEW_STATUS", false, false),
    ])
    func `a status says whether CloudFormation is at work and whether all is well`(text: String, inProgress: Bool, success: Bool) {
        #expect(StackStatus(rawValue: text).isInProgress == inProgress)
        #expect(StackStatus(rawValue: text).isSuccess == success)
    }

    @Test func `a deletion is answered without a result`() async throws {
        let answer = "<DeleteStackResponse><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></DeleteStackResponse>"
        try await Self.send(DeleteStack(stackName: "lamassu"), answer: answer)
    }

    @Test func `a template that is refused is an error with the reason`() async throws {
        let body = """
            <ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type>\
            <Code>InsufficientCapabilitiesException</Code><Message>Requires capabilities : [CAPABILITY_IAM]</Message></Error>\
            <RequestId>r-9</RequestId></ErrorResponse>
            """
        let transport = ScriptedTransport([.answer(400, body)])
        let error = await #expect(throws: AWSError.self) {
            try await CloudFormationClient(.scripted(transport)).send(CreateStack(stackName: "s", templateBody: "{}"))
        }
        #expect(error == AWSError(.service, code: .insufficientCapabilities, message: ""))
        #expect(error?.message == "Requires capabilities : [CAPABILITY_IAM]")
        #expect(error?.requestID == "r-9")
    }

    static let answers = [
        SampleAnswer(CreateStack.self, document("CreateStack", "<New/><StackId>arn</StackId>")),
        SampleAnswer(UpdateStack.self, document("UpdateStack", "<StackId>arn</StackId><New>1</New>")),
        SampleAnswer(DeleteStack.self, "<DeleteStackResponse><ResponseMetadata/><New/></DeleteStackResponse>"),
        SampleAnswer(
            DescribeStacks.self,
            document(
                "DescribeStacks",
                "<Stacks><member><StackName>s</StackName><Outputs><member><OutputKey>k</OutputKey><New/></member><New/></Outputs></member></Stacks>"
            )),
        SampleAnswer(
            DescribeStackEvents.self,
            document("DescribeStackEvents", "<StackEvents><member><EventId>e</EventId><New/></member></StackEvents>")),
        SampleAnswer(
            DescribeStackResources.self,
            document("DescribeStackResources", "<StackResources><member><ResourceType>t</ResourceType></member></StackResources>")),
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
