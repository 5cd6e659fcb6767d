// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Whether a device must be known before it enrols.
public struct DeviceRegistrationMode: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It need not: enrolling makes it known.
    public static let justInTime = DeviceRegistrationMode(rawValue: "JITP")
    /// It must.
    public static let preRegistration = DeviceRegistrationMode(rawValue: "PRE_REGISTRATION")
}
