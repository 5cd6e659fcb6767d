// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The AWS side of CloudSync: what changes in AWS IoT Core comes back on a queue.
///
///     UpdateCertificate, UpdateCACertificate → CloudTrail → EventBridge ─┐
///     CloudSync, after a change of its own ──────────────────────────────┴→ notify function → response queue → CloudSync
///
/// The notify function reads the present status of the certificate or CA and sends a CloudEvent 1.0 in structured JSON:
///
/// | attribute | value |
/// |---|---|
/// | `source` | the account and region: `arn:aws:iot:eu-west-1:123456789012` |
/// | `subject` | the certificate in AWS: `cert/<id>` or `cacert/<id>`; source, a colon and subject are its ARN |
/// | `type` | `iotcore.certificate.status.update` or `iotcore.ca.status.update` |
/// | `time` | when the status was read |
/// | `data` | `certificate_id`, `serial_number` (lower-case hex), `status` (AWS's word), `caused_by` (id of the event that was acted on) |
///
/// The types are new because the data is: the first generation's `io.lamassu.iotcore.cert.status.update` promises the name of
/// the CA, which AWS does not know. They follow the short names of the current generation.
///
/// Nothing is dropped in silence: what EventBridge cannot deliver, what the function keeps failing on, and what is received from the
/// response queue ten times without being deleted goes to the dead-letter queue. Each message there or on the response queue is kept for 14 days.
///
/// Two things the stack does not make: EventBridge sees API calls only where a CloudTrail trail records management events, and
/// CloudSync's own permissions (to invoke the function, and to receive, to delete and to hide messages of the response queue) belong to the
/// role it runs with.
/// The stack needs the capability `CAPABILITY_IAM`. It gives nothing a fixed name, so one account can hold several.
public struct CloudSyncStack: Hashable, Sendable {
    /// The name of the output with the URL of the response queue.
    public static let responseQueueURLOutput = "ResponseQueueURL"
    /// The name of the output with the URL of the dead-letter queue.
    public static let deadLetterQueueURLOutput = "DeadLetterQueueURL"
    /// The name of the output with the name of the notify function.
    public static let notifyFunctionNameOutput = "NotifyFunctionName"
    /// The name of the output with the ARN of the notify function.
    public static let notifyFunctionARNOutput = "NotifyFunctionARN"

    /// How long the function's log is kept, in days, one of the values CloudWatch Logs knows; by default 90.
    public var logRetention: Int

    /// Makes the description of the stack.
    ///
    /// - Parameter logRetention: how long the function's log is kept, in days.
    public init(logRetention: Int = 90) { self.logRetention = logRetention }

    /// The stack's template.
    public var template: Template {
        Template(description: "Lamassu CloudSync: what changes in AWS IoT Core comes back to Lamassu on a queue") {
            let deadLetters = self.queue("DeadLetterQueue")
            let responses = self.queue(
                "ResponseQueue", redrivePolicy: SQS.RedrivePolicy(deadLetterQueueARN: deadLetters.arn, maximumReceiveCount: 10))
            let log = Logs.LogGroup("NotifyLog", retention: Value(self.logRetention)).onRemoval(.delete, onReplacement: .delete)
            let role = self.role(sendingTo: [responses, deadLetters], loggingTo: log)
            let function = Lambda.Function(
                "NotifyFunction", description: "Tells Lamassu the status of a certificate or CA in AWS IoT Core",
                runtime: .python313, handler: "index.handler", code: .inline(Self.notifySource), role: role.arn,
                environment: ["QUEUE_URL": responses.ref], timeout: 30, memorySize: 256, deadLetterTargetARN: deadLetters.arn,
                logGroup: log.ref)
            let rule = Events.Rule(
                "StatusRule", description: "The status of a certificate or CA in AWS IoT Core was changed",
                eventPattern: Self.statusChanged,
                targets: [Events.Target("notify", arn: function.arn, deadLetterQueueARN: deadLetters.arn)])

            responses
            deadLetters
            self.policy(letting: rule, sendTo: deadLetters)
            log
            role
            function
            rule
            Lambda.Permission("NotifyPermission", function: function.ref, principal: "events.amazonaws.com", sourceARN: rule.arn)

            Output(Self.responseQueueURLOutput, value: responses.ref, description: "Where CloudSync receives what changed")
            Output(Self.deadLetterQueueURLOutput, value: deadLetters.ref, description: "What could not be delivered or handled")
            Output(Self.notifyFunctionNameOutput, value: function.ref, description: "The function CloudSync invokes after a change")
            Output(Self.notifyFunctionARNOutput, value: function.arn, description: "The ARN of that function")
        }
    }

    /// The notify function's source code, `notify.py` beside this file.
    static let notifySource = String(decoding: PackageResources.notify_py, as: UTF8.self)

    /// A call that changed the status of a certificate or CA and that AWS did not refuse.
    private static let statusChanged = Events.Pattern(
        sources: ["aws.iot"], detailTypes: ["AWS API Call via CloudTrail"],
        detail: [
            "eventSource": ["iot.amazonaws.com"],
            "eventName": ["UpdateCertificate", "UpdateCACertificate"],
            "errorCode": [["exists": false]],
        ])

    private func queue(_ logicalID: String, redrivePolicy: SQS.RedrivePolicy? = nil) -> SQS.Queue {
        SQS.Queue(
            logicalID, messageRetentionPeriod: 1_209_600, visibilityTimeout: 60, isSQSManagedEncryptionEnabled: true,
            redrivePolicy: redrivePolicy
        ).onRemoval(.delete, onReplacement: .retain)
    }

    /// The role of the notify function, with what the function does and nothing more.
    private func role(sendingTo queues: [SQS.Queue], loggingTo log: Logs.LogGroup) -> IAM.Role {
        let iot: Value<String> = "arn:\(.partition):iot:\(.region):\(.accountID)"
        return IAM.Role(
            "NotifyRole", description: "Lets the notify function read the status of certificates and send it",
            assumeRolePolicyDocument: .assumeRole(by: .service("lambda.amazonaws.com")),
            policies: [
                IAM.InlinePolicy(
                    "Notify",
                    document: [
                        IAM.Statement(
                            .allow, actions: ["iot:DescribeCertificate", "iot:DescribeCACertificate"],
                            resources: ["\(iot):cert/*", "\(iot):cacert/*"]),
                        IAM.Statement(.allow, actions: ["sqs:SendMessage"], resources: queues.map(\.arn)),
                        IAM.Statement(.allow, actions: ["logs:CreateLogStream", "logs:PutLogEvents"], resources: [log.arn]),
                    ])
            ])
    }

    private func policy(letting rule: Events.Rule, sendTo queue: SQS.Queue) -> SQS.QueuePolicy {
        SQS.QueuePolicy(
            "DeadLetterQueuePolicy", queueURLs: [queue.ref],
            policyDocument: [
                IAM.Statement(
                    .allow, sid: "UndeliverableEvents", principal: .service("events.amazonaws.com"), actions: ["sqs:SendMessage"],
                    resources: [queue.arn], conditions: [IAM.Condition("ArnEquals", "aws:SourceArn", rule.arn)])
            ])
    }
}
