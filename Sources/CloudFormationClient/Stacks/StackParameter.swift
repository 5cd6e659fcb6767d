// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

internal import AWSRuntime

/// The value of a parameter of a template.
public struct StackParameter: Hashable, Sendable {
    /// The parameter's name.
    public var key: String
    /// The value; `nil` where the previous one is kept.
    public var value: String?
    /// Whether an update keeps the value that the stack has.
    public var usesPreviousValue: Bool

    /// Gives a parameter a value.
    ///
    /// - Parameters:
    ///   - key: the parameter's name.
    ///   - value: the value.
    public init(key: String, value: String) {
        self.key = key
        self.value = value
        self.usesPreviousValue = false
    }

    private init(previousValueOf key: String) {
        self.key = key
        self.value = nil
        self.usesPreviousValue = true
    }

    /// Keeps the value that the stack has.
    ///
    /// - Parameter key: the parameter's name.
    /// - Returns: the parameter, for an update.
    public static func previousValue(of key: String) -> StackParameter { StackParameter(previousValueOf: key) }

    /// Reads the children of the current element.
    init(from xml: inout XMLReader) throws(XMLError) {
        self.init(key: "", value: "")
        while let name = try xml.nextElement() {
            switch name {
            case "ParameterKey": self.key = try xml.readText()
            case "ParameterValue": self.value = try xml.readText()
            default: try xml.skip()
            }
        }
    }
}
