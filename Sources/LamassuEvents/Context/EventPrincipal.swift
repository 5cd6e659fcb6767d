// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// Who asked for an operation: what services of Lamassu write as `authtype`, `authid` and `authclaims`.
public struct EventPrincipal: Hashable, Sendable, CustomStringConvertible {
    /// How the principal was authenticated; a struct over its word, because a service may know more.
    public struct Method: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
        /// The word of the attribute `authtype`.
        public var rawValue: String

        /// Makes a method of any word.
        ///
        /// - Parameter rawValue: the word of the attribute `authtype`.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// By a JSON Web Token.
        public static let jwt = Method(rawValue: "jwt")
        /// By a client certificate.
        public static let certificate = Method(rawValue: "crt")

        /// The word.
        public var description: String { self.rawValue }
    }

    /// How the principal was authenticated.
    public var method: Method
    /// Who it is: the claim `sub` of a token, the common name of a certificate; left out of an event beyond ``maximumIdentifierBytes``.
    public var identifier: String
    /// All that is known of the principal: the claims of the token, or the certificate as the member `crt`.
    ///
    /// These are personal data: ``EventRedaction`` says which of them an event carries; none beyond ``maximumClaimsBytes``.
    public var claims: JSONValue?

    /// The longest ``identifier`` that an event carries, in bytes of UTF-8.
    public static let maximumIdentifierBytes = 256
    /// The longest ``claims`` of which an event carries any, in bytes of JSON.
    public static let maximumClaimsBytes = 8 * 1024

    /// Makes a principal.
    ///
    /// - Parameters:
    ///   - method: how the principal was authenticated.
    ///   - identifier: who it is.
    ///   - claims: all that is known of the principal.
    public init(method: Method, identifier: String, claims: JSONValue? = nil) {
        self.method = method
        self.identifier = identifier
        self.claims = claims
    }

    /// A principal with a JSON Web Token.
    ///
    /// - Parameters:
    ///   - subject: the claim `sub`.
    ///   - claims: all claims, as an object.
    /// - Returns: the principal.
    public static func jwt(subject: String, claims: JSONValue? = nil) -> EventPrincipal {
        EventPrincipal(method: .jwt, identifier: subject, claims: claims)
    }

    /// A principal with a client certificate.
    ///
    /// - Parameters:
    ///   - commonName: the common name of its subject.
    ///   - pem: the certificate.
    /// - Returns: the principal.
    public static func certificate(commonName: String, pem: String? = nil) -> EventPrincipal {
        EventPrincipal(
            method: .certificate, identifier: commonName,
            claims: pem.map { ["crt": .string(Base64.encode(Array($0.utf8)))] })
    }

    /// The method alone: who it is belongs in no log.
    public var description: String { "a principal authenticated by \(self.method)" }
}
