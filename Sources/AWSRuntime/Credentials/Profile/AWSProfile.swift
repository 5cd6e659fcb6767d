// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The settings that the shared files have under one name.
///
/// The description shows the name alone, since settings may be secrets.
public struct AWSProfile: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The profile's name.
    public let name: String
    /// What the configuration file says, by lower-case name.
    package var configuration: [String: String] = [:]
    /// What the credentials file says, by lower-case name; it goes before the other.
    package var credentials: [String: String] = [:]

    package init(name: String) { self.name = name }

    /// A setting; `nil` where there is none.
    ///
    /// - Parameter setting: its lower-case name, such as `region`.
    public subscript(setting: String) -> String? { self.credentials[setting] ?? self.configuration[setting] }

    /// The region; `nil` where there is none.
    public var region: String? { self["region"] }

    /// The name, and that the settings are not shown.
    public var description: String { "AWSProfile(\(self.name), redacted)" }

    /// The same as ``description``.
    public var debugDescription: String { self.description }

    /// An empty mirror, so that a dump shows no key.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
