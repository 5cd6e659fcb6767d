// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Where a device stands in its life.
public struct DeviceStatus: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It has no certificate yet.
    public static let noIdentity = DeviceStatus(rawValue: "NO_IDENTITY")
    /// It may be used.
    public static let active = DeviceStatus(rawValue: "ACTIVE")
    /// Its certificate is to be renewed.
    public static let renewalPending = DeviceStatus(rawValue: "RENEWAL_PENDING")
    /// Its certificate is about to expire.
    public static let expiringSoon = DeviceStatus(rawValue: "EXPIRING_SOON")
    /// Its certificate has expired.
    public static let expired = DeviceStatus(rawValue: "EXPIRED")
    /// Its certificate was revoked.
    public static let revoked = DeviceStatus(rawValue: "REVOKED")
    /// It is out of use for good.
    public static let decommissioned = DeviceStatus(rawValue: "DECOMMISSIONED")
}
