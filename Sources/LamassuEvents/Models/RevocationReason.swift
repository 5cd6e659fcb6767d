// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Why a certificate was revoked (RFC 5280, section 5.3.1); compared without case.
public struct RevocationReason: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// No reason is given, or it is not revoked.
    public static let unspecified = RevocationReason(rawValue: "Unspecified")
    /// Somebody else may have its key.
    public static let keyCompromise = RevocationReason(rawValue: "KeyCompromise")
    /// Somebody else may have the key of the CA.
    public static let caCompromise = RevocationReason(rawValue: "CACompromise")
    /// What it says of its subject is no longer so.
    public static let affiliationChanged = RevocationReason(rawValue: "AffiliationChanged")
    /// Another has taken its place.
    public static let superseded = RevocationReason(rawValue: "Superseded")
    /// It is not needed any more.
    public static let cessationOfOperation = RevocationReason(rawValue: "CessationOfOperation")
    /// It is not to be used for now; the only reason that can be taken back.
    public static let certificateHold = RevocationReason(rawValue: "CertificateHold")
    /// It is to leave the revocation list.
    public static let removeFromCRL = RevocationReason(rawValue: "RemoveFromCRL")
    /// Its subject may no longer do what it allows.
    public static let privilegeWithdrawn = RevocationReason(rawValue: "PrivilegeWithdrawn")
    /// Somebody else may have the key of the attribute authority.
    public static let aaCompromise = RevocationReason(rawValue: "AACompromise")

    /// Compares the words without case.
    public static func == (left: RevocationReason, right: RevocationReason) -> Bool {
        left.rawValue.lowercased() == right.rawValue.lowercased()
    }

    /// Hashes the word without case.
    public func hash(into hasher: inout Hasher) { hasher.combine(self.rawValue.lowercased()) }
}
