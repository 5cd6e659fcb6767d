// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PolicyDocument {
    /// An action that a policy is about ("AWS IoT Core policy actions", developer guide).
    public struct Action: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
        /// The action with the prefix of its service; `*` stands for any characters.
        public let rawValue: String

        /// The action of a text.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The action of a text.
        public init(stringLiteral value: String) { self.init(rawValue: value) }

        /// The action as a policy has it.
        public var description: String { self.rawValue }

        /// Connecting; on ``Resource/client(_:in:)``.
        public static let connect: Action = "iot:Connect"
        /// Publishing; on ``Resource/topic(_:in:)``.
        public static let publish: Action = "iot:Publish"
        /// Publishing a message that is retained; on ``Resource/topic(_:in:)``.
        public static let retainPublish: Action = "iot:RetainPublish"
        /// Getting messages; on ``Resource/topic(_:in:)``.
        public static let receive: Action = "iot:Receive"
        /// Subscribing; on ``Resource/topicFilter(_:in:)``.
        public static let subscribe: Action = "iot:Subscribe"
        /// Reading a retained message over HTTPS; on ``Resource/topic(_:in:)``.
        public static let getRetainedMessage: Action = "iot:GetRetainedMessage"
        /// Listing retained messages; on ``Resource/all``.
        public static let listRetainedMessages: Action = "iot:ListRetainedMessages"
        /// Reading a shadow over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let getThingShadow: Action = "iot:GetThingShadow"
        /// Updating a shadow over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let updateThingShadow: Action = "iot:UpdateThingShadow"
        /// Deleting a shadow over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let deleteThingShadow: Action = "iot:DeleteThingShadow"
        /// Listing the named shadows of a thing; on ``Resource/all``.
        public static let listNamedShadowsForThing: Action = "iot:ListNamedShadowsForThing"
        /// Reading a job execution over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let describeJobExecution: Action = "iotjobsdata:DescribeJobExecution"
        /// Listing the jobs of a thing over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let getPendingJobExecutions: Action = "iotjobsdata:GetPendingJobExecutions"
        /// Starting the next job over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let startNextPendingJobExecution: Action = "iotjobsdata:StartNextPendingJobExecution"
        /// Reporting on a job over HTTPS; on ``Resource/thing(_:shadow:in:)``.
        public static let updateJobExecution: Action = "iotjobsdata:UpdateJobExecution"
        /// Getting credentials of AWS for a role alias; on ``Resource/roleAlias(_:in:)``.
        public static let assumeRoleWithCertificate: Action = "iot:AssumeRoleWithCertificate"
    }
}
