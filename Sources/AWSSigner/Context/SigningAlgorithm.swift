// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// By which algorithm a request is signed; a struct, so that a later release can add one without breaking a `switch`.
public struct SigningAlgorithm: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
        case symmetric = "AWS4-HMAC-SHA256"
        case asymmetric = "AWS4-ECDSA-P256-SHA256"
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// Signature Version 4: HMAC-SHA256 under a key derived for one day, region and service.
    public static let v4 = SigningAlgorithm(.symmetric)
    /// Signature Version 4A: ECDSA on P-256 under a key derived from the credentials alone, good in several regions.
    ///
    /// S3 multi-region access points and EventBridge global endpoints want it.
    public static let v4a = SigningAlgorithm(.asymmetric)

    /// The name that stands in a signed request, such as `AWS4-HMAC-SHA256`.
    public var description: String { self.kind.rawValue }
}
