// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// For which protocols a certificate's key may be used (RFC 5280 section 4.2.1.12), as far as OpenSSL numbers them.
public struct ExtendedKeyUsage: OptionSet, Hashable, Sendable {
    /// The bits as OpenSSL numbers them.
    public let rawValue: UInt32

    /// Takes bits.
    ///
    /// - Parameter rawValue: the bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// TLS servers.
    public static let serverAuthentication = ExtendedKeyUsage(rawValue: 0x001)
    /// TLS clients.
    public static let clientAuthentication = ExtendedKeyUsage(rawValue: 0x002)
    /// Protected mail.
    public static let emailProtection = ExtendedKeyUsage(rawValue: 0x004)
    /// Signed code.
    public static let codeSigning = ExtendedKeyUsage(rawValue: 0x008)
    /// Answers on revocation (RFC 6960).
    public static let ocspSigning = ExtendedKeyUsage(rawValue: 0x020)
    /// Time stamps.
    public static let timeStamping = ExtendedKeyUsage(rawValue: 0x040)

    /// The uses in the notation of OpenSSL's configuration files.
    var configuration: String {
        let names: [(ExtendedKeyUsage, String)] = [
            (.serverAuthentication, "serverAuth"), (.clientAuthentication, "clientAuth"), (.emailProtection, "emailProtection"),
            (.codeSigning, "codeSigning"), (.ocspSigning, "OCSPSigning"), (.timeStamping, "timeStamping"),
        ]
        return names.filter { self.contains($0.0) }.map(\.1).joined(separator: ",")
    }
}
