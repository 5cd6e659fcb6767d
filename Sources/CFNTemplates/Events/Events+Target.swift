// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Events {
    /// Who gets the events of a rule.
    public struct Target: Hashable, Sendable, ExpressionConvertible {
        /// The target's name, distinct in its rule.
        public var id: String
        /// The target's ARN.
        public var arn: Value<String>
        /// The ARN of the queue that takes events which the target never took; by default they are dropped after 24 hours.
        public var deadLetterQueueARN: Value<String>?

        /// Makes a target.
        ///
        /// - Parameters:
        ///   - id: the target's name, distinct in its rule.
        ///   - arn: the target's ARN.
        ///   - deadLetterQueueARN: the ARN of the queue that takes events which the target never took.
        public init(_ id: String, arn: Value<String>, deadLetterQueueARN: Value<String>? = nil) {
            self.id = id
            self.arn = arn
            self.deadLetterQueueARN = deadLetterQueueARN
        }

        /// The target as a rule's property holds it.
        public var expression: Expression {
            var deadLetters = Properties()
            deadLetters.set("Arn", self.deadLetterQueueARN)

            var properties = Properties()
            properties.set("Id", self.id)
            properties.set("Arn", self.arn)
            properties.set("DeadLetterConfig", unlessEmpty: deadLetters)
            return properties.expression
        }
    }
}
