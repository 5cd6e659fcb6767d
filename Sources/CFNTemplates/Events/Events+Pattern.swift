// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Events {
    /// Which events a rule is about: those that fit every field that is given.
    public struct Pattern: Hashable, Sendable, ExpressionConvertible {
        /// Where the event comes from, such as `aws.iot`; empty for anywhere.
        public var sources: [String]
        /// The event's `detail-type`; empty for any.
        public var detailTypes: [String]
        /// What the event's `detail` must hold, in EventBridge's pattern language; `nil` for anything.
        public var detail: Expression?

        /// Makes a pattern.
        ///
        /// - Parameters:
        ///   - sources: where the event comes from.
        ///   - detailTypes: the event's `detail-type`.
        ///   - detail: what the event's `detail` must hold, in EventBridge's pattern language.
        public init(sources: [String] = [], detailTypes: [String] = [], detail: Expression? = nil) {
            self.sources = sources
            self.detailTypes = detailTypes
            self.detail = detail
        }

        /// The pattern as a rule's property holds it.
        public var expression: Expression {
            var properties = Properties()
            properties.set("source", unlessEmpty: self.sources)
            properties.set("detail-type", unlessEmpty: self.detailTypes)
            properties.set("detail", self.detail)
            return properties.expression
        }
    }
}
