// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Stack {
    /// The value of an output.
    ///
    /// - Parameter key: the output's name in the template.
    /// - Returns: its value, or `nil` when the stack has no such output.
    public func output(_ key: String) -> String? { self.outputs?.first { $0.outputKey == key }?.outputValue }

    /// The status; the empty text where AWS gave none.
    var status: StackStatus { self.stackStatus ?? "" }
}
