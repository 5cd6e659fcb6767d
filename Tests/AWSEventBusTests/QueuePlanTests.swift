// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import AWSEventBus
import Testing

@Suite struct QueuePlanTests {
    static let topicARN = "arn:aws:sns:eu-west-1:123456789012:lamassu-events"
    static let queueARN = "arn:aws:sqs:eu-west-1:123456789012:audit"
    static let deadLetterARN = "arn:aws:sqs:eu-west-1:123456789012:audit-dead-letter"

    static func plan(_ maximumDeliveries: Int? = 20) -> QueuePlan {
        QueuePlan(topicARN: Self.topicARN, deadLetterARN: Self.deadLetterARN, maximumDeliveries: maximumDeliveries)
    }

    /// What a statement needs to let the topic send.
    static func policy(
        effect: String = "Allow", principal: String = #"{"Service": "sns.amazonaws.com"}"#, action: String = #""sqs:SendMessage""#,
        condition: String = #"{"ArnEquals": {"aws:SourceArn": "\#(Self.topicARN)"}}"#
    ) -> String {
        #"{"Effect": "\#(effect)", "Principal": \#(principal), "Action": \#(action), "Resource": "*", "Condition": \#(condition)}"#
    }

    @Test func `a queue that is made so needs no change`() throws {
        var found = try Self.plan().attributes(ofQueueNamed: "audit")
        #expect(found.keys.sorted() == ["Policy", "RedrivePolicy"])
        #expect(found["Policy"]?.contains(Self.queueARN) == true)
        found["QueueArn"] = Self.queueARN
        #expect(try Self.plan().changes(of: found) == [:])
    }

    @Test(arguments: [nil, ""]) func `a queue without a policy gets what a new one has`(policy: String?) throws {
        let found = ["QueueArn": Self.queueARN, "Policy": policy].compactMapValues { $0 }
        #expect(try Self.plan().changes(of: found) == Self.plan().attributes(ofQueueNamed: "audit"))
    }

    @Test(arguments: [
        Self.policy(), "[\(Self.policy(effect: "Deny")), \(Self.policy())]", Self.policy(principal: #""*""#),
        Self.policy(principal: #"{"AWS": ["*"]}"#), Self.policy(action: #"["SQS:Send*", "sqs:ReceiveMessage"]"#),
        Self.policy(action: #""*""#),
        Self.policy(condition: #"{"ArnLike": {"AWS:SourceArn": ["arn:aws:sns:*:123456789012:*"]}}"#), Self.policy(condition: "{}"),
        Self.policy(condition: #"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#),
    ])
    func `a policy of somebody else that lets the topic send is left as it is`(statement: String) throws {
        let found = ["QueueArn": Self.queueARN, "Policy": #"{"Statement": \#(statement)}"#]
        #expect(try Self.plan().changes(of: found) == [:])
    }

    @Test(arguments: [
        Self.policy(condition: #"{"ArnEquals": {"aws:SourceArn": "\#(Self.topicARN)-other"}}"#), Self.policy(effect: "Deny"),
        Self.policy(principal: #"{"AWS": "arn:aws:iam::123456789012:root"}"#), Self.policy(action: #""sqs:ReceiveMessage""#),
        Self.policy(condition: #"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:*"}}"#), "[]", "1", "{",
    ])
    func `a policy that does not let the topic send is refused, and never replaced`(statement: String) {
        let found = ["QueueArn": Self.queueARN, "Policy": #"{"Statement": \#(statement)}"#]
        #expect(throws: LamassuEventsError(.subscriptionRefused, message: "")) { try Self.plan().changes(of: found) }
    }

    @Test func `the redrive policy follows the most deliveries, and one for other dead letters is left as it is`() throws {
        var found = try Self.plan(20).attributes(ofQueueNamed: "audit")
        let wanted = try Self.plan(30).attributes(ofQueueNamed: "audit")["RedrivePolicy"]
        #expect(try Self.plan(30).changes(of: found) == ["RedrivePolicy": wanted])
        found["RedrivePolicy"] = #"{"maxReceiveCount": "35", "deadLetterTargetArn": "\#(Self.deadLetterARN)"}"#
        #expect(try Self.plan(30).changes(of: found) == [:])
        for other in [#"{"maxReceiveCount": 3, "deadLetterTargetArn": "arn:aws:sqs:eu-west-1:123456789012:other"}"#, "", "[", "{}"] {
            found["RedrivePolicy"] = other
            #expect(try Self.plan(30).changes(of: found) == [:])
        }
    }

    @Test(arguments: [nil, 1_000, 996, Int.max]) func `a redrive policy has 1000 deliveries at most`(maximumDeliveries: Int?) throws {
        let made = try Self.plan(maximumDeliveries).attributes(ofQueueNamed: "audit")
        #expect(made["RedrivePolicy"]?.contains(#""maxReceiveCount":1000"#) == true)
    }
}
