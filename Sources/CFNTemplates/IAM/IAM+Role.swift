// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension IAM {
    /// A role (`AWS::IAM::Role`).
    ///
    /// `ref` is its name. A role needs the capability `CAPABILITY_IAM` when the stack is made.
    public struct Role: Resource, Hashable {
        /// `AWS::IAM::Role`.
        public static let type = "AWS::IAM::Role"

        /// The name by which the template knows the role.
        public let logicalID: String
        /// What CloudFormation does around the role.
        public var attributes = ResourceAttributes()
        /// What the role is for.
        public var description: String?
        /// Who may take the role on.
        public var assumeRolePolicyDocument: PolicyDocument
        /// The ARNs of managed policies whose permissions the role has.
        public var managedPolicyARNs: [Value<String>]
        /// The permissions the role has by itself.
        public var policies: [InlinePolicy]

        /// Makes a role.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the role.
        ///   - description: what the role is for.
        ///   - assumeRolePolicyDocument: who may take the role on; see ``PolicyDocument/assumeRole(by:)``.
        ///   - managedPolicyARNs: the ARNs of managed policies whose permissions the role has.
        ///   - policies: the permissions the role has by itself.
        public init(
            _ logicalID: String, description: String? = nil, assumeRolePolicyDocument: PolicyDocument,
            managedPolicyARNs: [Value<String>] = [], policies: [InlinePolicy] = []
        ) {
            self.logicalID = logicalID
            self.description = description
            self.assumeRolePolicyDocument = assumeRolePolicyDocument
            self.managedPolicyARNs = managedPolicyARNs
            self.policies = policies
        }

        /// The role's ARN.
        public var arn: Value<String> { self.attribute("Arn") }

        /// The properties of `AWS::IAM::Role`.
        public var properties: Properties {
            var properties = Properties()
            properties.set("Description", self.description)
            properties.set("AssumeRolePolicyDocument", self.assumeRolePolicyDocument)
            properties.set("ManagedPolicyArns", unlessEmpty: self.managedPolicyARNs)
            properties.set("Policies", unlessEmpty: self.policies)
            return properties
        }
    }

    /// A policy that is part of one role.
    public struct InlinePolicy: Hashable, Sendable, ExpressionConvertible {
        /// The policy's name, distinct in its role.
        public var name: String
        /// What it allows and denies.
        public var document: PolicyDocument

        /// Makes a policy.
        ///
        /// - Parameters:
        ///   - name: the policy's name, distinct in its role.
        ///   - document: what it allows and denies.
        public init(_ name: String, document: PolicyDocument) {
            self.name = name
            self.document = document
        }

        /// The policy as a role's property holds it.
        public var expression: Expression {
            var properties = Properties()
            properties.set("PolicyName", self.name)
            properties.set("PolicyDocument", self.document)
            return properties.expression
        }
    }
}
