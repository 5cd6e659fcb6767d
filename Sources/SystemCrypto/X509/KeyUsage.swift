// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a certificate's key may be used for (RFC 5280 section 4.2.1.3).
public struct KeyUsage: OptionSet, Hashable, Sendable {
    /// The bits as OpenSSL numbers them.
    public let rawValue: UInt32

    /// Takes bits.
    ///
    /// - Parameter rawValue: the bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Signatures other than on certificates and revocation lists, such as those of TLS.
    public static let digitalSignature = KeyUsage(rawValue: 0x0080)
    /// Signatures that commit to content.
    public static let nonRepudiation = KeyUsage(rawValue: 0x0040)
    /// Encrypting keys.
    public static let keyEncipherment = KeyUsage(rawValue: 0x0020)
    /// Encrypting data itself.
    public static let dataEncipherment = KeyUsage(rawValue: 0x0010)
    /// Agreeing on a key.
    public static let keyAgreement = KeyUsage(rawValue: 0x0008)
    /// Signing certificates.
    public static let certificateSigning = KeyUsage(rawValue: 0x0004)
    /// Signing revocation lists.
    public static let revocationListSigning = KeyUsage(rawValue: 0x0002)
    /// Only encrypting, with ``keyAgreement``.
    public static let encipherOnly = KeyUsage(rawValue: 0x0001)
    /// Only decrypting, with ``keyAgreement``.
    public static let decipherOnly = KeyUsage(rawValue: 0x8000)

    /// The uses in the notation of OpenSSL's configuration files.
    var configuration: String {
        let names: [(KeyUsage, String)] = [
            (.digitalSignature, "digitalSignature"), (.nonRepudiation, "nonRepudiation"), (.keyEncipherment, "keyEncipherment"),
            (.dataEncipherment, "dataEncipherment"), (.keyAgreement, "keyAgreement"), (.certificateSigning, "keyCertSign"),
            (.revocationListSigning, "cRLSign"), (.encipherOnly, "encipherOnly"), (.decipherOnly, "decipherOnly"),
        ]
        return names.filter { self.contains($0.0) }.map(\.1).joined(separator: ",")
    }
}
