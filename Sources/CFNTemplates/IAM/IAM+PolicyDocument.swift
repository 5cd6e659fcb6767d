// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension IAM {
    /// A policy document: what is allowed and what is denied.
    public struct PolicyDocument: Hashable, Sendable, ExpressibleByArrayLiteral, ExpressionConvertible {
        /// The statements; at least one.
        public var statements: [Statement]

        /// Makes a document of statements.
        ///
        /// - Parameter statements: the statements; at least one.
        public init(_ statements: [Statement]) { self.statements = statements }

        /// Makes a document of statements.
        public init(arrayLiteral statements: Statement...) { self.init(statements) }

        /// The document by which a role trusts those who may take it on.
        ///
        /// - Parameter principal: who may take the role on.
        /// - Returns: a document that allows `sts:AssumeRole` to that principal.
        public static func assumeRole(by principal: Principal) -> PolicyDocument {
            [Statement(.allow, principal: principal, actions: ["sts:AssumeRole"])]
        }

        /// The document as IAM's JSON policy language writes it.
        public var expression: Expression {
            var properties = Properties()
            properties.set("Version", "2012-10-17")
            properties.set("Statement", self.statements)
            return properties.expression
        }
    }
}
