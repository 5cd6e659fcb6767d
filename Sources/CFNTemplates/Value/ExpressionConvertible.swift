// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A type whose values can be the value of a property.
public protocol ExpressionConvertible: Sendable {
    /// The value as a template holds it.
    var expression: Expression { get }
}

extension Expression: ExpressionConvertible {
    /// The value itself.
    public var expression: Expression { self }
}

extension String: ExpressionConvertible {
    /// A string.
    public var expression: Expression { Expression(.string(self)) }
}

extension Int: ExpressionConvertible {
    /// A number.
    public var expression: Expression { Expression(.integer(self)) }
}

extension Bool: ExpressionConvertible {
    /// `true` or `false`.
    public var expression: Expression { Expression(.bool(self)) }
}

extension Array: ExpressionConvertible where Element: ExpressionConvertible {
    /// A list.
    public var expression: Expression { Expression(.list(self.map(\.expression))) }
}

extension Dictionary: ExpressionConvertible where Key == String, Value: ExpressionConvertible {
    /// An object, its members in the order of their names, so that equal dictionaries give equal templates.
    public var expression: Expression {
        Expression(.object(self.sorted { $0.key < $1.key }.map { Expression.Member(name: $0.key, value: $0.value.expression) }))
    }
}
