// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// An object of a template, its members in the order in which they were set.
public struct Properties: Hashable, Sendable, ExpressionConvertible {
    private var members: [Expression.Member] = []

    /// Makes an object without members.
    public init() {}

    /// Sets a member; one that is there is replaced in its place.
    ///
    /// - Parameters:
    ///   - name: the member's name, as CloudFormation writes it.
    ///   - value: the member's value; `nil` changes nothing.
    public mutating func set(_ name: String, _ value: (some ExpressionConvertible)?) {
        guard let value else { return }
        let member = Expression.Member(name: name, value: value.expression)
        if let index = self.members.firstIndex(where: { $0.name == name }) {
            self.members[index] = member
        } else {
            self.members.append(member)
        }
    }

    /// Sets a member to a list or a dictionary.
    ///
    /// - Parameters:
    ///   - name: the member's name, as CloudFormation writes it.
    ///   - values: the member's value; an empty one changes nothing.
    public mutating func set<Values: Collection & ExpressionConvertible>(_ name: String, unlessEmpty values: Values) {
        self.set(name, values.isEmpty ? nil : values)
    }

    /// Sets a member to an object.
    ///
    /// - Parameters:
    ///   - name: the member's name, as CloudFormation writes it.
    ///   - properties: the member's value; one without members changes nothing.
    public mutating func set(_ name: String, unlessEmpty properties: Properties) {
        self.set(name, properties.members.isEmpty ? nil : properties)
    }

    /// The object.
    public var expression: Expression { Expression(.object(self.members)) }
}
