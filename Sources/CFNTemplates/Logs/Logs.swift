// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Amazon CloudWatch Logs.
public enum Logs {
    /// A log group (`AWS::Logs::LogGroup`).
    ///
    /// `ref` is its name.
    public struct LogGroup: Resource, Hashable {
        /// `AWS::Logs::LogGroup`.
        public static let type = "AWS::Logs::LogGroup"

        /// The name by which the template knows the log group.
        public let logicalID: String
        /// What CloudFormation does around the log group.
        public var attributes = ResourceAttributes()
        /// The log group's name; by default CloudFormation makes one from the stack's name and the logical id.
        public var logGroupName: Value<String>?
        /// How long entries are kept, in days, one of the values CloudWatch knows (1, 3, 5, 7, 14, 30, 60, 90, …); by default for ever.
        public var retention: Value<Int>?

        /// Makes a log group.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the log group.
        ///   - logGroupName: the log group's name.
        ///   - retention: how long entries are kept, in days.
        public init(_ logicalID: String, logGroupName: Value<String>? = nil, retention: Value<Int>? = nil) {
            self.logicalID = logicalID
            self.logGroupName = logGroupName
            self.retention = retention
        }

        /// The ARN of the log group and all its streams, as a policy's resource needs it.
        public var arn: Value<String> { self.attribute("Arn") }

        /// The properties of `AWS::Logs::LogGroup`.
        public var properties: Properties {
            var properties = Properties()
            properties.set("LogGroupName", self.logGroupName)
            properties.set("RetentionInDays", self.retention)
            return properties
        }
    }
}
