// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The variables that a provider was made with; some of them may be secrets, so the description shows none.
struct CredentialsEnvironment: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// All variables by name.
    let variables: [String: String]

    init(_ variables: [String: String]) { self.variables = variables }

    /// A variable; `nil` where there is none, or it is empty.
    subscript(name: String) -> String? { self.variables[name].flatMap { $0.isEmpty ? nil : $0 } }

    var description: String { "\(self.variables.count) variables, redacted" }
    var debugDescription: String { self.description }
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
