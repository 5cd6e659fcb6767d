// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension IAM {
    /// One rule of a policy document.
    public struct Statement: Hashable, Sendable, ExpressionConvertible {
        /// Whether the rule allows or denies.
        public var effect: Effect
        /// What the rule is called in its document; by default nothing.
        public var sid: String?
        /// Whom the rule is about; only in documents that belong to a resource or a role's trust.
        public var principal: Principal?
        /// The actions, such as `sqs:SendMessage`; `*` may stand for a part.
        public var actions: [String]
        /// The ARNs of what may be acted on; none in a role's trust.
        public var resources: [Value<String>]
        /// What must hold besides, all of it.
        public var conditions: [Condition]

        /// Makes a rule.
        ///
        /// - Parameters:
        ///   - effect: whether it allows or denies.
        ///   - sid: what it is called in its document.
        ///   - principal: whom it is about.
        ///   - actions: the actions.
        ///   - resources: the ARNs of what may be acted on.
        ///   - conditions: what must hold besides, all of it.
        public init(
            _ effect: Effect, sid: String? = nil, principal: Principal? = nil, actions: [String], resources: [Value<String>] = [],
            conditions: [Condition] = []
        ) {
            self.effect = effect
            self.sid = sid
            self.principal = principal
            self.actions = actions
            self.resources = resources
            self.conditions = conditions
        }

        /// The rule as IAM's JSON policy language writes it; conditions of one operator are grouped.
        public var expression: Expression {
            var operators: [String] = []
            var groups: [String: Properties] = [:]
            for condition in self.conditions {
                if groups[condition.operator] == nil { operators.append(condition.operator) }
                groups[condition.operator, default: Properties()].set(condition.key, condition.expression)
            }
            var conditions = Properties()
            for name in operators { conditions.set(name, groups[name]) }

            var properties = Properties()
            properties.set("Sid", self.sid)
            properties.set("Effect", self.effect.rawValue)
            properties.set("Principal", self.principal)
            properties.set("Action", self.actions)
            properties.set("Resource", unlessEmpty: self.resources)
            properties.set("Condition", unlessEmpty: conditions)
            return properties.expression
        }
    }

    /// Whether a rule allows or denies; a denial wins.
    public enum Effect: String, Hashable, Sendable {
        /// The actions are allowed.
        case allow = "Allow"
        /// The actions are denied, whatever else allows them.
        case deny = "Deny"
    }

    /// What must hold for a rule to apply.
    public struct Condition: Hashable, Sendable {
        /// How key and values are compared, such as `ArnEquals`.
        public var `operator`: String
        /// What of the request is looked at, such as `aws:SourceArn`.
        public var key: String
        /// The values, one of which must fit.
        public var values: [Value<String>]

        /// Makes a condition.
        ///
        /// - Parameters:
        ///   - operator: how key and values are compared, such as `ArnEquals`.
        ///   - key: what of the request is looked at, such as `aws:SourceArn`. One key comes once for one operator.
        ///   - values: the values, one of which must fit.
        public init(_ operator: String, _ key: String, _ values: Value<String>...) {
            self.operator = `operator`
            self.key = key
            self.values = values
        }

        /// The values as a statement holds them: one stands for itself, as it is commonly written.
        fileprivate var expression: Expression {
            if let value = self.values.first, self.values.count == 1 { value.expression } else { self.values.expression }
        }
    }
}
