// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension SQS {
    /// Who besides the account's own roles may use queues (`AWS::SQS::QueuePolicy`).
    public struct QueuePolicy: Resource, Hashable {
        /// `AWS::SQS::QueuePolicy`.
        public static let type = "AWS::SQS::QueuePolicy"

        /// The name by which the template knows the policy.
        public let logicalID: String
        /// What CloudFormation does around the policy.
        public var attributes = ResourceAttributes()
        /// The URLs of the queues.
        public var queueURLs: [Value<String>]
        /// Who may do what with them.
        public var policyDocument: IAM.PolicyDocument

        /// Makes a policy.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the policy.
        ///   - queueURLs: the URLs of the queues: the `ref` of each ``Queue``.
        ///   - policyDocument: who may do what with them; each statement names a principal.
        public init(_ logicalID: String, queueURLs: [Value<String>], policyDocument: IAM.PolicyDocument) {
            self.logicalID = logicalID
            self.queueURLs = queueURLs
            self.policyDocument = policyDocument
        }

        /// The properties of `AWS::SQS::QueuePolicy`.
        public var properties: Properties {
            var properties = Properties()
            properties.set("Queues", self.queueURLs)
            properties.set("PolicyDocument", self.policyDocument)
            return properties
        }
    }
}
