// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Events {
    /// A rule on the default event bus (`AWS::Events::Rule`).
    ///
    /// `ref` is its name.
    public struct Rule: Resource, Hashable {
        /// `AWS::Events::Rule`.
        public static let type = "AWS::Events::Rule"

        /// The name by which the template knows the rule.
        public let logicalID: String
        /// What CloudFormation does around the rule.
        public var attributes = ResourceAttributes()
        /// What the rule is for; at most 512 bytes.
        public var description: String?
        /// Which events it is about.
        public var eventPattern: Pattern
        /// Who gets them; at most five.
        public var targets: [Target]

        /// Makes a rule.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the rule.
        ///   - description: what the rule is for.
        ///   - eventPattern: which events it is about.
        ///   - targets: who gets them; at most five.
        public init(_ logicalID: String, description: String? = nil, eventPattern: Pattern, targets: [Target]) {
            self.logicalID = logicalID
            self.description = description
            self.eventPattern = eventPattern
            self.targets = targets
        }

        /// The rule's ARN.
        public var arn: Value<String> { self.attribute("Arn") }

        /// The properties of `AWS::Events::Rule`.
        public var properties: Properties {
            var properties = Properties()
            properties.set("Description", self.description)
            properties.set("EventPattern", self.eventPattern)
            properties.set("Targets", self.targets)
            return properties
        }
    }
}
