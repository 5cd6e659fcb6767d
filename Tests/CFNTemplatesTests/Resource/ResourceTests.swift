// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CFNTemplates
import Testing

@Suite struct ResourceTests {
    @Test func `a queue with everything`() throws {
        let dead = SQS.Queue("Dead")
        let queue = SQS.Queue(
            "Q", queueName: "n", messageRetentionPeriod: 60, visibilityTimeout: 30, receiveMessageWaitTime: 20,
            isSQSManagedEncryptionEnabled: true, redrivePolicy: SQS.RedrivePolicy(deadLetterQueueARN: dead.arn, maximumReceiveCount: 5))
        #expect(
            try properties(of: queue, among: dead)
                == #"{"QueueName":"n","MessageRetentionPeriod":60,"VisibilityTimeout":30,"ReceiveMessageWaitTimeSeconds":20,"#
                + #""SqsManagedSseEnabled":true,"RedrivePolicy":{"deadLetterTargetArn":{"Fn::GetAtt":["Dead","Arn"]},"maxReceiveCount":5}}"#
        )
    }

    @Test func `a queue policy with conditions, those of one operator together`() throws {
        let queue = SQS.Queue("Q")
        let policy = SQS.QueuePolicy(
            "P", queueURLs: [queue.ref],
            policyDocument: [
                IAM.Statement(
                    .deny, sid: "S", principal: .aws("*"), actions: ["sqs:*"], resources: [queue.arn],
                    conditions: [
                        IAM.Condition("Bool", "aws:SecureTransport", "false"), IAM.Condition("StringLike", "aws:PrincipalArn", "a", "b"),
                        IAM.Condition("Bool", "aws:ViaAWSService", "true"),
                    ])
            ])
        #expect(
            try properties(of: policy, among: queue)
                == #"{"Queues":[{"Ref":"Q"}],"PolicyDocument":{"Version":"2012-10-17","Statement":[{"Sid":"S","Effect":"Deny","#
                + #""Principal":{"AWS":"*"},"Action":["sqs:*"],"Resource":[{"Fn::GetAtt":["Q","Arn"]}],"#
                + #""Condition":{"Bool":{"aws:SecureTransport":"false","aws:ViaAWSService":"true"},"#
                + #""StringLike":{"aws:PrincipalArn":["a","b"]}}}]}}"#)
    }

    @Test func `a role with a managed and an inline policy`() throws {
        let role = IAM.Role(
            "R", description: "d", assumeRolePolicyDocument: .assumeRole(by: .service("lambda.amazonaws.com")),
            managedPolicyARNs: ["arn:\(.partition):iam::aws:policy/X"],
            policies: [IAM.InlinePolicy("I", document: [IAM.Statement(.allow, actions: ["s3:GetObject"], resources: ["*"])])])
        #expect(
            try properties(of: role)
                == #"{"Description":"d","AssumeRolePolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","#
                + #""Principal":{"Service":"lambda.amazonaws.com"},"Action":["sts:AssumeRole"]}]},"#
                + #""ManagedPolicyArns":[{"Fn::Sub":"arn:${AWS::Partition}:iam::aws:policy/X"}],"#
                + #""Policies":[{"PolicyName":"I","PolicyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","#
                + #""Action":["s3:GetObject"],"Resource":["*"]}]}}]}"#)
    }

    @Test func `a function with everything`() throws {
        let log = Logs.LogGroup("L", logGroupName: "l", retention: 7)
        let function = Lambda.Function(
            "F", functionName: "n", description: "d", runtime: .python312, handler: "index.handler", code: .inline("pass\n"),
            role: "r", environment: ["B": "2", "A": .region], timeout: 30, memorySize: 256, deadLetterTargetARN: "q", logGroup: log.ref)
        #expect(
            try properties(of: function, among: log)
                == #"{"FunctionName":"n","Description":"d","Runtime":"python3.12","Handler":"index.handler","Code":{"ZipFile":"pass\n"},"#
                + #""Role":"r","Environment":{"Variables":{"A":{"Ref":"AWS::Region"},"B":"2"}},"Timeout":30,"MemorySize":256,"#
                + #""DeadLetterConfig":{"TargetArn":"q"},"LoggingConfig":{"LogGroup":{"Ref":"L"}}}"#)
        #expect(try properties(of: log) == #"{"LogGroupName":"l","RetentionInDays":7}"#)
    }

    @Test func `a function with code in S3 and nothing else`() throws {
        let function = Lambda.Function(
            "F", runtime: .providedAL2023, handler: "bootstrap", code: .object(bucket: "b", key: "k"), role: "r")
        #expect(
            try properties(of: function)
                == #"{"Runtime":"provided.al2023","Handler":"bootstrap","Code":{"S3Bucket":"b","S3Key":"k"},"Role":"r"}"#)
    }

    @Test(arguments: [(Lambda.Runtime.providedAL2023, "x"), (Lambda.Runtime("java25"), "x"), (.python313, ""), (.nodejs22, "")])
    func `inline code is refused where it is empty or the runtime takes none`(runtime: Lambda.Runtime, source: String) {
        let template = Template { Lambda.Function("F", runtime: runtime, handler: "h", code: .inline(source), role: "r") }
        #expect(throws: TemplateError(.invalidProperty, message: "")) { try template.rendered() }
    }

    @Test func `a permission for one rule, and the rule`() throws {
        let rule = Events.Rule(
            "R", description: "d",
            eventPattern: Events.Pattern(sources: ["aws.iot"], detailTypes: ["t"], detail: ["eventName": ["UpdateCertificate"]]),
            targets: [Events.Target("one", arn: "a"), Events.Target("two", arn: "b", deadLetterQueueARN: "q")])
        let permission = Lambda.Permission("P", function: "f", principal: "events.amazonaws.com", sourceARN: rule.arn)
        #expect(
            try properties(of: rule)
                == #"{"Description":"d","EventPattern":{"source":["aws.iot"],"detail-type":["t"],"#
                + #""detail":{"eventName":["UpdateCertificate"]}},"#
                + #""Targets":[{"Id":"one","Arn":"a"},{"Id":"two","Arn":"b","DeadLetterConfig":{"Arn":"q"}}]}"#)
        #expect(
            try properties(of: permission, among: rule)
                == #"{"Action":"lambda:InvokeFunction","FunctionName":"f","Principal":"events.amazonaws.com","#
                + #""SourceArn":{"Fn::GetAtt":["R","Arn"]}}"#)
    }
}
