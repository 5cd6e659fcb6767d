// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Lambda {
    /// A service's permission to call a function (`AWS::Lambda::Permission`).
    public struct Permission: Resource, Hashable {
        /// `AWS::Lambda::Permission`.
        public static let type = "AWS::Lambda::Permission"

        /// The name by which the template knows the permission.
        public let logicalID: String
        /// What CloudFormation does around the permission.
        public var attributes = ResourceAttributes()
        /// The function's name or ARN.
        public var function: Value<String>
        /// The service that may call it, such as `events.amazonaws.com`.
        public var principal: Value<String>
        /// The ARN of the one resource for which the service may call; by default any, of any account.
        public var sourceARN: Value<String>?

        /// Makes a permission.
        ///
        /// - Parameters:
        ///   - logicalID: the name by which the template knows the permission.
        ///   - function: the function's name or ARN.
        ///   - principal: the service that may call it.
        ///   - sourceARN: the ARN of the one resource for which the service may call.
        public init(_ logicalID: String, function: Value<String>, principal: Value<String>, sourceARN: Value<String>? = nil) {
            self.logicalID = logicalID
            self.function = function
            self.principal = principal
            self.sourceARN = sourceARN
        }

        /// The properties of `AWS::Lambda::Permission`.
        public var properties: Properties {
            var properties = Properties()
            properties.set("Action", "lambda:InvokeFunction")
            properties.set("FunctionName", self.function)
            properties.set("Principal", self.principal)
            properties.set("SourceArn", self.sourceARN)
            return properties
        }
    }
}
