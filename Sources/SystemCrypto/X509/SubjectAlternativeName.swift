// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// Another name of a certificate's subject (RFC 5280 section 4.2.1.6).
public enum SubjectAlternativeName: Hashable, Sendable, CustomStringConvertible {
    /// The name of a host, such as `broker.example`.
    case dnsName(String)
    /// The address of a host: 4 bytes of IPv4 or 16 of IPv6.
    case ipAddress([UInt8])
    /// A mail address.
    case emailAddress(String)
    /// A URI, such as `urn:uuid:…` or `spiffe://…`.
    case uniformResourceIdentifier(String)
    /// A distinguished name.
    case directoryName(DistinguishedName)
    /// A name of another kind, or one whose text is not ASCII, as DER `GeneralName`.
    case other(der: [UInt8])

    /// The kind and the name, such as `DNS:broker.example`, for a person.
    public var description: String {
        switch self {
        case .dnsName(let name): "DNS:\(name.safeForMessage)"
        case .ipAddress(let bytes) where bytes.count == 4: "IP:\(bytes.map(String.init).joined(separator: "."))"
        case .ipAddress(let bytes):
            "IP:"
                + stride(from: 0, to: bytes.count, by: 2).map { index in
                    String(bytes[index...].prefix(2).reduce(0) { $0 << 8 | Int($1) }, radix: 16)
                }.joined(separator: ":")
        case .emailAddress(let address): "email:\(address.safeForMessage)"
        case .uniformResourceIdentifier(let identifier): "URI:\(identifier.safeForMessage)"
        case .directoryName(let name): "DirName:\(name)"
        case .other(let der): "other:\(Hexadecimal.encode(der.span))"
        }
    }
}

extension String {
    /// The text as it is when all of it is visible ASCII, otherwise quoted.
    fileprivate var safeForMessage: String {
        self.utf8.allSatisfy { (0x21...0x7e).contains($0) } ? self : self.debugDescription
    }
}
