// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How far the registration of a CA in AWS has come.
public struct AWSRegistrationStatus: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It was asked for.
    public static let requested = AWSRegistrationStatus(rawValue: "REQUESTED")
    /// It cannot succeed as it was asked for.
    public static let failed = AWSRegistrationStatus(rawValue: "FAILED")
    /// It is done.
    public static let succeeded = AWSRegistrationStatus(rawValue: "SUCCEEDED")
}
