// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import JSONCoding
import Testing

@Suite struct CloudSyncStackTests {
    private let template: JSONValue

    init() throws { self.template = try json(CloudSyncStack(logRetention: 30).template) }

    private func properties(_ logicalID: String) throws -> JSONValue {
        try #require(self.template["Resources"]?[logicalID]?["Properties"])
    }

    @Test func `the outputs that the deployer reads are there`() {
        let outputs = self.template["Outputs"]
        #expect(outputs?[CloudSyncStack.responseQueueURLOutput]?["Value"] == ["Ref": "ResponseQueue"])
        #expect(outputs?[CloudSyncStack.deadLetterQueueURLOutput]?["Value"] == ["Ref": "DeadLetterQueue"])
        #expect(outputs?[CloudSyncStack.notifyFunctionNameOutput]?["Value"] == ["Ref": "NotifyFunction"])
        #expect(outputs?[CloudSyncStack.notifyFunctionARNOutput]?["Value"] == ["Fn::GetAtt": ["NotifyFunction", "Arn"]])
    }

    @Test func `both queues are encrypted and keep messages for 14 days, and what nobody handles is kept`() throws {
        for queue in ["ResponseQueue", "DeadLetterQueue"] {
            #expect(try self.properties(queue)["SqsManagedSseEnabled"] == true)
            #expect(try self.properties(queue)["MessageRetentionPeriod"] == 1_209_600)
        }
        let deadLetterQueue: JSONValue = ["Fn::GetAtt": ["DeadLetterQueue", "Arn"]]
        #expect(try self.properties("ResponseQueue")["RedrivePolicy"]?["deadLetterTargetArn"] == deadLetterQueue)
        #expect(try self.properties("NotifyFunction")["DeadLetterConfig"]?["TargetArn"] == deadLetterQueue)
        #expect(try self.properties("StatusRule")["Targets"]?[0]?["DeadLetterConfig"]?["Arn"] == deadLetterQueue)
    }

    @Test func `the role allows named actions on named resources only`() throws {
        let statements = try #require(try self.properties("NotifyRole")["Policies"]?[0]?["PolicyDocument"]?["Statement"]?.arrayValue)
        let actions = statements.flatMap { $0["Action"]?.arrayValue ?? [] }.compactMap(\.stringValue)
        #expect(
            actions == [
                "iot:DescribeCertificate", "iot:DescribeCACertificate", "sqs:SendMessage", "logs:CreateLogStream", "logs:PutLogEvents",
            ])
        for resource in statements.flatMap({ $0["Resource"]?.arrayValue ?? [] }) { #expect(resource != "*") }
    }

    @Test func `the function may be called by its rule alone`() throws {
        #expect(try self.properties("NotifyPermission")["SourceArn"] == ["Fn::GetAtt": ["StatusRule", "Arn"]])
        #expect(try self.properties("DeadLetterQueuePolicy")["PolicyDocument"]?["Statement"]?.arrayValue?.count == 1)
    }

    @Test func `the log is kept as long as was asked`() throws {
        #expect(try self.properties("NotifyLog")["RetentionInDays"] == 30)
    }
}
