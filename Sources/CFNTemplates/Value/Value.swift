// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A property's value of one type, which is known now or comes from the stack when it is made.
///
/// A literal makes one; so does an interpolated string, which becomes `Fn::Sub` when it holds a value of the stack:
///
/// ```swift
/// let resource: Value<String> = "arn:\(.partition):iot:\(.region):\(.accountID):cert/*"
/// ```
public struct Value<Wrapped: Sendable>: Hashable, Sendable, ExpressionConvertible {
    /// The value as a template holds it.
    public let expression: Expression

    init(_ content: Expression.Content) { self.expression = Expression(content) }

    init(_ reference: Reference) { self.init(.reference(reference)) }
}

extension Value where Wrapped: ExpressionConvertible {
    /// Makes a value that is known now.
    ///
    /// - Parameter value: the value.
    public init(_ value: Wrapped) { self.init(value.expression.content) }
}

extension Value: ExpressibleByIntegerLiteral where Wrapped == Int {
    /// Makes a number.
    public init(integerLiteral value: Int) { self.init(value) }
}

extension Value: ExpressibleByBooleanLiteral where Wrapped == Bool {
    /// Makes `true` or `false`.
    public init(booleanLiteral value: Bool) { self.init(value) }
}

extension Value: ExpressibleByUnicodeScalarLiteral, ExpressibleByExtendedGraphemeClusterLiteral, ExpressibleByStringLiteral
where Wrapped == String {
    /// Makes a string.
    public init(stringLiteral value: String) { self.init(value) }
}
