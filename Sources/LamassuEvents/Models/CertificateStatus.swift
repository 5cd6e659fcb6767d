// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Whether a certificate may be used.
public struct CertificateStatus: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It may.
    public static let active = CertificateStatus(rawValue: "ACTIVE")
    /// Its time is over.
    public static let expired = CertificateStatus(rawValue: "EXPIRED")
    /// It was revoked; with ``RevocationReason/certificateHold`` for the time being.
    public static let revoked = CertificateStatus(rawValue: "REVOKED")
    /// It may not, for the time being.
    public static let inactive = CertificateStatus(rawValue: "INACTIVE")
}
