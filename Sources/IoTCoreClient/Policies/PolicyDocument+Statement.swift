// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension PolicyDocument {
    /// One statement: these actions on these resources, under these conditions.
    public struct Statement: Hashable, Sendable {
        /// Whether a statement allows or denies.
        public enum Effect: String, Hashable, Sendable {
            /// It allows.
            case allow = "Allow"
            /// It denies.
            case deny = "Deny"
        }

        /// An id of the author's own.
        public var id: String?
        /// Whether it allows or denies.
        public var effect: Effect
        /// What it is about; at least one.
        public var actions: [Action]
        /// On what; at least one.
        public var resources: [Resource]
        /// All of these must hold; two of the same operator and key only where the operator is a negated one (``PolicyDocument/text()``).
        public var conditions: [Condition]

        /// Makes a statement.
        ///
        /// - Parameters:
        ///   - effect: whether it allows or denies.
        ///   - actions: what it is about.
        ///   - resources: on what.
        ///   - conditions: what must hold, all of it.
        ///   - id: an id of the author's own.
        public init(_ effect: Effect, _ actions: [Action], on resources: [Resource], if conditions: [Condition] = [], id: String? = nil) {
            self.id = id
            self.effect = effect
            self.actions = actions
            self.resources = resources
            self.conditions = conditions
        }

        /// A statement that allows.
        public static func allow(_ actions: Action..., on resources: Resource..., if conditions: Condition...) -> Self {
            Self(.allow, actions, on: resources, if: conditions)
        }

        /// A statement that denies.
        public static func deny(_ actions: Action..., on resources: Resource..., if conditions: Condition...) -> Self {
            Self(.deny, actions, on: resources, if: conditions)
        }
    }

    /// A condition: the value of a key of the request, compared with some values, one of which must fit.
    public struct Condition: Hashable, Sendable {
        /// How a value is compared; any operator of IAM, such as `StringEquals` or `ForAllValues:StringLike`.
        public struct Operator: RawRepresentable, Hashable, Sendable, ExpressibleByStringLiteral {
            /// The operator's name.
            public let rawValue: String

            /// The operator of a name.
            public init(rawValue: String) { self.rawValue = rawValue }

            /// The operator of a name.
            public init(stringLiteral value: String) { self.init(rawValue: value) }

            /// Whether a key is `true` or `false`.
            public static let bool: Operator = "Bool"
            /// Texts that are the same.
            public static let stringEquals: Operator = "StringEquals"
            /// Texts that differ.
            public static let stringNotEquals: Operator = "StringNotEquals"
            /// Texts that fit a pattern with `*` and `?`.
            public static let stringLike: Operator = "StringLike"
            /// Addresses within a range.
            public static let ipAddress: Operator = "IpAddress"
            /// Addresses outside a range.
            public static let notIPAddress: Operator = "NotIpAddress"
        }

        /// How the value is compared.
        public var comparison: Operator
        /// The key of the request.
        public var key: Variable
        /// The values, one of which must fit.
        public var values: [Pattern]

        /// Makes a condition.
        ///
        /// - Parameters:
        ///   - comparison: how the value is compared.
        ///   - key: the key of the request.
        ///   - values: the values, one of which must fit.
        public init(_ comparison: Operator, _ key: Variable, _ values: Pattern...) {
            self.init(comparison, key, values: values)
        }

        init(_ comparison: Operator, _ key: Variable, values: [Pattern]) {
            self.comparison = comparison
            self.key = key
            self.values = values
        }

        /// The device is attached to the thing whose name is its client id.
        public static let isAttached = Condition(.bool, .isAttached, "true")
    }
}
