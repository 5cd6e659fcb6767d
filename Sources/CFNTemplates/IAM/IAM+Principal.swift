// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension IAM {
    /// Whom a rule is about.
    public struct Principal: Hashable, Sendable, ExpressionConvertible {
        /// The principal as IAM's JSON policy language writes it.
        public let expression: Expression

        private init(_ kind: String, _ value: Value<String>) {
            var properties = Properties()
            properties.set(kind, value)
            self.expression = properties.expression
        }

        /// An AWS service.
        ///
        /// - Parameter name: the service's name, such as `lambda.amazonaws.com`.
        /// - Returns: the service as principal.
        public static func service(_ name: Value<String>) -> Principal { Principal("Service", name) }

        /// An account, role or user.
        ///
        /// - Parameter arn: its ARN.
        /// - Returns: it as principal.
        public static func aws(_ arn: Value<String>) -> Principal { Principal("AWS", arn) }
    }
}
