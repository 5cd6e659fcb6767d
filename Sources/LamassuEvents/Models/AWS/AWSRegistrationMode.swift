// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How the devices of a DMS come into AWS.
public struct AWSRegistrationMode: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// They do not.
    public static let disabled = AWSRegistrationMode(rawValue: "none")
    /// Just in time, at their first connection.
    public static let jitp = AWSRegistrationMode(rawValue: "jitp")
    /// When their identity is bound.
    public static let automatic = AWSRegistrationMode(rawValue: "auto")
}
