// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension StackParameter {
    /// A parameter with a value.
    ///
    /// - Parameters:
    ///   - key: the parameter's name in the template.
    ///   - value: its value.
    public init(key: String, value: String) { self.init(parameterKey: key, parameterValue: value) }

    /// A parameter that keeps the value it has.
    ///
    /// - Parameter key: the parameter's name in the template.
    /// - Returns: the parameter.
    public static func previousValue(of key: String) -> StackParameter { StackParameter(parameterKey: key, usePreviousValue: true) }
}
