// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension SQS {
    /// A standard queue (`AWS::SQS::Queue`).
    ///
    /// `ref` is its URL.
    public struct Queue: Resource, Hashable {
        /// `AWS::SQS::Queue`.
        public static let type = "AWS::SQS::Queue"

        /// The name by which the template knows the queue.
        public let logicalID: String
        /// What CloudFormation does around the queue.
        public var attributes = ResourceAttributes()
        /// The queue's name; by default CloudFormation makes one from the stack's name and the logical id.
        public var queueName: Value<String>?
        /// How long a message is kept, in seconds, 60 to 1,209,600; by default 345,600 (4 days).
        public var messageRetentionPeriod: Value<Int>?
        /// How long a received message is hidden from other receivers, in seconds, 0 to 43,200; by default 30.
        public var visibilityTimeout: Value<Int>?
        /// How long a receive waits for a message, in seconds, 0 to 20; by default 0.
        public var receiveMessageWaitTime: Value<Int>?
        /// Whether SQS encrypts messages at rest with keys of its own.
        public var isSQSManagedEncryptionEnabled: Value<Bool>?
        /// Where messages go that nobody could handle; by default nowhere.
        public var redrivePolicy: RedrivePolicy?

        /// Makes a queue.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the queue.
        ///   - queueName: the queue's name.
        ///   - messageRetentionPeriod: how long a message is kept, in seconds.
        ///   - visibilityTimeout: how long a received message is hidden from other receivers, in seconds.
        ///   - receiveMessageWaitTime: how long a receive waits for a message, in seconds.
        ///   - isSQSManagedEncryptionEnabled: whether SQS encrypts messages at rest with keys of its own.
        ///   - redrivePolicy: where messages go that nobody could handle.
        public init(
            _ logicalID: String, queueName: Value<String>? = nil, messageRetentionPeriod: Value<Int>? = nil,
            visibilityTimeout: Value<Int>? = nil, receiveMessageWaitTime: Value<Int>? = nil,
            isSQSManagedEncryptionEnabled: Value<Bool>? = nil, redrivePolicy: RedrivePolicy? = nil
        ) {
            self.logicalID = logicalID
            self.queueName = queueName
            self.messageRetentionPeriod = messageRetentionPeriod
            self.visibilityTimeout = visibilityTimeout
            self.receiveMessageWaitTime = receiveMessageWaitTime
            self.isSQSManagedEncryptionEnabled = isSQSManagedEncryptionEnabled
            self.redrivePolicy = redrivePolicy
        }

        /// The queue's ARN.
        public var arn: Value<String> { self.attribute("Arn") }

        /// The properties of `AWS::SQS::Queue`.
        public var properties: Properties {
            var properties = Properties()
            properties.set("QueueName", self.queueName)
            properties.set("MessageRetentionPeriod", self.messageRetentionPeriod)
            properties.set("VisibilityTimeout", self.visibilityTimeout)
            properties.set("ReceiveMessageWaitTimeSeconds", self.receiveMessageWaitTime)
            properties.set("SqsManagedSseEnabled", self.isSQSManagedEncryptionEnabled)
            properties.set("RedrivePolicy", self.redrivePolicy)
            return properties
        }
    }

    /// Where messages go that were received again and again and never deleted.
    public struct RedrivePolicy: Hashable, Sendable, ExpressionConvertible {
        /// The ARN of the dead-letter queue.
        public var deadLetterQueueARN: Value<String>
        /// How often a message is received before it goes there.
        public var maximumReceiveCount: Value<Int>

        /// Makes a policy.
        ///
        /// - Parameters:
        ///   - deadLetterQueueARN: the ARN of the dead-letter queue.
        ///   - maximumReceiveCount: how often a message is received before it goes there.
        public init(deadLetterQueueARN: Value<String>, maximumReceiveCount: Value<Int>) {
            self.deadLetterQueueARN = deadLetterQueueARN
            self.maximumReceiveCount = maximumReceiveCount
        }

        /// The policy as a queue's property holds it.
        public var expression: Expression {
            var properties = Properties()
            properties.set("deadLetterTargetArn", self.deadLetterQueueARN)
            properties.set("maxReceiveCount", self.maximumReceiveCount)
            return properties.expression
        }
    }
}
