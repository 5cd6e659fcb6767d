// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A value that is given to a stack when it is made or updated.
///
/// `Wrapped` is `String` or `Int`.
public struct Parameter<Wrapped: ParameterType>: Sendable {
    /// The name by which the template knows the parameter: 1 to 255 ASCII letters and digits.
    public var logicalID: String
    /// The value when none is given; `nil`, the default, demands one.
    public var defaultValue: Wrapped?
    /// The values that may be given; by default any.
    public var allowedValues: [Wrapped]
    /// What the parameter is for; at most 4,000 bytes.
    public var description: String?

    /// Makes a parameter.
    ///
    /// - Parameters:
    ///   - logicalID: the name by which the template knows the parameter.
    ///   - defaultValue: the value when none is given.
    ///   - allowedValues: the values that may be given; empty for any.
    ///   - description: what the parameter is for.
    public init(_ logicalID: String, default defaultValue: Wrapped? = nil, allowedValues: [Wrapped] = [], description: String? = nil) {
        self.logicalID = logicalID
        self.defaultValue = defaultValue
        self.allowedValues = allowedValues
        self.description = description
    }

    /// The value that was given.
    public var ref: Value<Wrapped> { Value(.ref(self.logicalID)) }

    var properties: Properties {
        var properties = Properties()
        properties.set("Type", Wrapped.parameterType)
        properties.set("Default", self.defaultValue)
        properties.set("AllowedValues", unlessEmpty: self.allowedValues)
        properties.set("Description", self.description)
        return properties
    }
}

/// A type that a parameter can have.
public protocol ParameterType: ExpressionConvertible {
    /// The type as CloudFormation names it.
    static var parameterType: String { get }
}

extension String: ParameterType {
    /// A string.
    public static var parameterType: String { "String" }
}

extension Int: ParameterType {
    /// A number.
    public static var parameterType: String { "Number" }
}
