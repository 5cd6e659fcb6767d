// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Expression: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    /// Makes a string.
    public init(stringLiteral value: String) { self.init(.string(value)) }

    /// Makes a number.
    public init(integerLiteral value: Int) { self.init(.integer(value)) }

    /// Makes `true` or `false`.
    public init(booleanLiteral value: Bool) { self.init(.bool(value)) }

    /// Makes a list.
    public init(arrayLiteral elements: Expression...) { self.init(.list(elements)) }

    /// Makes an object with its members in the order in which they are written; of members with one name the last counts.
    public init(dictionaryLiteral members: (String, Expression)...) {
        var properties = Properties()
        for (name, value) in members { properties.set(name, value) }
        self = properties.expression
    }
}
