// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSTestSupport
import SNSClient
import Testing
import Transport

@Suite struct AnswerTests {
    static let topicARN = "arn:aws:sns:eu-west-1:123456789012:events"

    /// The document SNS answers an operation with.
    static func document(_ operation: String, _ result: String) -> String {
        """
        <\(operation)Response xmlns="https://sns.amazonaws.com/doc/2010-03-31/"><\(operation)Result>\(result)</\(operation)Result>\
        <ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></\(operation)Response>
        """
    }

    /// Sends an operation to an AWS that gives `answer`.
    static func send<Operation: SNSOperation>(_ operation: Operation, answer: String) async throws -> Operation.Output {
        try await SNSClient(.scripted(ScriptedTransport([.answer(200, answer)]))).send(operation)
    }

    @Test func `publishing tells the message's id`() async throws {
        let published = try await Self.send(
            Publish(topicARN: Self.topicARN, message: "m"),
            answer: Self.document("Publish", "<MessageId>m-1</MessageId><SequenceNumber>10</SequenceNumber>"))
        #expect(published.messageID == "m-1")
        #expect(published.sequenceNumber == "10")
    }

    @Test func `a batch tells what became of each message`() async throws {
        let output = try await Self.send(
            PublishBatch(topicARN: Self.topicARN, publishBatchRequestEntries: []),
            answer: Self.document(
                "PublishBatch",
                """
                <Successful><member><Id>0</Id><MessageId>m-1</MessageId></member></Successful><Failed><member><Id>1</Id>\
                <Code>InternalError</Code><Message>later</Message><SenderFault>false</SenderFault></member><member><Id>2</Id>\
                <Code>InvalidParameter</Code><SenderFault>true</SenderFault></member></Failed>
                """))
        #expect(output.successful?.map(\.messageID) == ["m-1"])
        #expect(output.failed?.map(\.id) == ["1", "2"])
        #expect(output.failed?.map(\.code) == ["InternalError", "InvalidParameter"])
        #expect(output.failed?.map(\.senderFault) == [false, true])
    }

    @Test func `topics and subscriptions are told by their ARN`() async throws {
        let topic = try await Self.send(
            CreateTopic(name: "events"), answer: Self.document("CreateTopic", "<TopicArn>\(Self.topicARN)</TopicArn>"))
        #expect(topic.topicARN == Self.topicARN)
        let subscribed = try await Self.send(
            Subscribe(topicARN: Self.topicARN, protocol: "sqs"),
            answer: Self.document("Subscribe", "<SubscriptionArn>s-1</SubscriptionArn>"))
        #expect(subscribed.subscriptionARN == "s-1")
        let page = try await Self.send(
            ListSubscriptionsByTopic(topicARN: Self.topicARN),
            answer: Self.document(
                "ListSubscriptionsByTopic",
                """
                <Subscriptions><member><TopicArn>t</TopicArn><Protocol>sqs</Protocol><SubscriptionArn>s-1</SubscriptionArn>\
                <Owner>1</Owner><Endpoint>q</Endpoint></member></Subscriptions><NextToken/>
                """))
        #expect(page.subscriptions?.map(\.endpoint) == ["q"])
        #expect(page.subscriptions?.map(\.protocol) == ["sqs"])
        #expect(ListSubscriptionsByTopic(topicARN: Self.topicARN).nextPage(after: page)?.nextToken == nil)
    }

    @Test func `a topic that does not exist is an error with SNS's code`() async throws {
        let body = """
            <ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>NotFound</Code>\
            <Message>Topic does not exist</Message></Error><RequestId>r-9</RequestId></ErrorResponse>
            """
        await #expect(throws: AWSError(.service, code: .topicNotFound, message: "")) {
            try await SNSClient(.scripted(ScriptedTransport([.answer(404, body)]))).send(Publish(topicARN: Self.topicARN, message: "m"))
        }
    }

    static let answers = [
        SampleAnswer(Publish.self, document("Publish", "<New/><MessageId>m</MessageId>")),
        SampleAnswer(
            PublishBatch.self,
            document(
                "PublishBatch",
                "<Successful><member><Id>0</Id><New/></member></Successful><Failed><member><Id>1</Id><Code>c</Code></member></Failed><New/>"
            )),
        SampleAnswer(CreateTopic.self, document("CreateTopic", "<TopicArn>t</TopicArn><New/>")),
        SampleAnswer(Subscribe.self, document("Subscribe", "<SubscriptionArn>s</SubscriptionArn><New/>")),
        SampleAnswer(
            SetSubscriptionAttributes.self,
            "<SetSubscriptionAttributesResponse><ResponseMetadata/><New/></SetSubscriptionAttributesResponse>"),
        SampleAnswer(Unsubscribe.self, "<UnsubscribeResponse><ResponseMetadata/><New/></UnsubscribeResponse>"),
        SampleAnswer(
            ListSubscriptionsByTopic.self,
            document("ListSubscriptionsByTopic", "<Subscriptions><member><Endpoint>q</Endpoint><New/></member></Subscriptions>")),
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
