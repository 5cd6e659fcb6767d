// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a device is asked to do through its shadow.
public struct AWSDeviceAction: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Fetch the CAs that it trusts.
    public static let updateTrustAnchorList = AWSDeviceAction(rawValue: "UPDATE_TRUST_ANCHOR_LIST")
    /// Renew its certificate.
    public static let updateCertificate = AWSDeviceAction(rawValue: "UPDATE_CERTIFICATE")
}
