// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What a chain of certificates is checked for; a struct, so that a later release can add one without breaking a `switch`.
public struct CertificatePurpose: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String { case any, tlsClient, tlsServer }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// Anything: only the certificates of authorities are held to what they may do.
    public static let any = CertificatePurpose(.any)
    /// A client of TLS, such as a device of AWS IoT.
    public static let tlsClient = CertificatePurpose(.tlsClient)
    /// A server of TLS.
    public static let tlsServer = CertificatePurpose(.tlsServer)

    /// The purpose's name.
    public var description: String { self.kind.rawValue }
}
