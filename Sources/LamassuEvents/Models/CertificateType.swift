// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How Lamassu came by a certificate.
public struct CertificateType: OpenEnumeration {
    /// The word as JSON has it.
    public var rawValue: String

    /// Makes a value of any word.
    ///
    /// - Parameter rawValue: the word as JSON has it.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// It was made here, and its key is here.
    public static let managed = CertificateType(rawValue: "MANAGED")
    /// It came from outside with its key.
    public static let importedWithKey = CertificateType(rawValue: "IMPORTED_WITH_KEY")
    /// It came from outside without its key.
    public static let importedWithoutKey = CertificateType(rawValue: "IMPORTED_WITHOUT_KEY")
    /// Older data: it came from outside.
    public static let external = CertificateType(rawValue: "EXTERNAL")
}
