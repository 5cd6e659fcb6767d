// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The settings of the environment and of a profile, each under its two names.
///
/// The environment goes before the profile; an empty value counts as none. Source: AWS SDKs and Tools Reference, "Settings reference".
package struct AWSSettings: Sendable {
    package var environment: [String: String]
    /// The settings of the profile, by lower-case name.
    package var profile: [String: String]
    /// The settings of the profile's `services` section, by service and name.
    package var services: [String: [String: String]]

    package init(environment: [String: String], profile: [String: String] = [:], services: [String: [String: String]] = [:]) {
        self.environment = environment
        self.profile = profile
        self.services = services
    }

    /// The value of a setting.
    ///
    /// - Parameters:
    ///   - variable: its name in the environment.
    ///   - name: its name in a profile.
    package func value(_ variable: String, _ name: String) -> String? {
        [self.environment[variable], self.profile[name]].lazy.compactMap(\.self).first { !$0.isEmpty }
    }

    /// The value of a setting that is `true` or `false`, in any case.
    package func flag(_ variable: String, _ name: String) throws(AWSError) -> Bool {
        switch self.value(variable, name)?.lowercased() {
        case "true": return true
        case "false", nil: return false
        default: throw Self.refusal(variable, name, "is neither true nor false")
        }
    }

    /// The value of a setting that is a number above zero.
    package func count(_ variable: String, _ name: String) throws(AWSError) -> Int? {
        guard let text = self.value(variable, name) else { return nil }
        guard let number = Int(text), number > 0 else { throw Self.refusal(variable, name, "is no number above zero") }
        return number
    }

    package static func refusal(_ variable: String, _ name: String, _ reason: String) -> AWSError {
        AWSError(.configuration, code: "InvalidSetting", message: "the setting \(variable) (\(name) in a profile) \(reason): correct it")
    }
}
