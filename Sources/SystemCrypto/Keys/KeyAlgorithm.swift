// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

private import COpenSSL

/// A kind and size of key that certificates and requests are made with.
public struct KeyAlgorithm: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String {
        case rsa2048 = "RSA 2048"
        case rsa3072 = "RSA 3072"
        case rsa4096 = "RSA 4096"
        case ecP256 = "EC P-256"
        case ecP384 = "EC P-384"
        case ecP521 = "EC P-521"
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// RSA with a modulus of 2048 bits; signs with PKCS #1 v1.5 and SHA-256.
    public static let rsa2048 = KeyAlgorithm(.rsa2048)
    /// RSA with a modulus of 3072 bits; signs with PKCS #1 v1.5 and SHA-256.
    public static let rsa3072 = KeyAlgorithm(.rsa3072)
    /// RSA with a modulus of 4096 bits; signs with PKCS #1 v1.5 and SHA-256.
    public static let rsa4096 = KeyAlgorithm(.rsa4096)
    /// The curve P-256 (FIPS 186-5); signs with ECDSA and SHA-256.
    public static let ecP256 = KeyAlgorithm(.ecP256)
    /// The curve P-384 (FIPS 186-5); signs with ECDSA and SHA-384.
    public static let ecP384 = KeyAlgorithm(.ecP384)
    /// The curve P-521 (FIPS 186-5); signs with ECDSA and SHA-512.
    public static let ecP521 = KeyAlgorithm(.ecP521)

    /// The kind and the size, such as `RSA 2048`.
    public var description: String { self.kind.rawValue }
}

extension KeyAlgorithm {
    /// The algorithm of an OpenSSL key, or `nil` for one that this module does not use.
    @unsafe init?(of key: OpaquePointer) {
        if unsafe EVP_PKEY_is_a(key, "RSA") == 1 {
            switch unsafe EVP_PKEY_get_bits(key) {
            case 2048: self = .rsa2048
            case 3072: self = .rsa3072
            case 4096: self = .rsa4096
            default: return nil
            }
        } else if unsafe EVP_PKEY_is_a(key, "EC") == 1 {
            switch unsafe Self.curveName(of: key) {
            case Self.p256Name: self = .ecP256
            case Self.p384Name: self = .ecP384
            case Self.p521Name: self = .ecP521
            default: return nil
            }
        } else {
            return nil
        }
    }

    /// A new OpenSSL key of this algorithm, or `nil` when OpenSSL fails.
    @unsafe func generate() -> OpaquePointer? {
        switch self.kind {
        case .rsa2048: unsafe copenssl_generate_rsa_key(2048)
        case .rsa3072: unsafe copenssl_generate_rsa_key(3072)
        case .rsa4096: unsafe copenssl_generate_rsa_key(4096)
        case .ecP256: unsafe copenssl_generate_ec_key(Self.p256Name)
        case .ecP384: unsafe copenssl_generate_ec_key(Self.p384Name)
        case .ecP521: unsafe copenssl_generate_ec_key(Self.p521Name)
        }
    }

    /// OpenSSL's name of the digest that keys of this algorithm sign with.
    var digestName: String {
        switch self.kind {
        case .rsa2048, .rsa3072, .rsa4096, .ecP256: "SHA256"
        case .ecP384: "SHA384"
        case .ecP521: "SHA512"
        }
    }

    /// The digest that keys of this algorithm sign with.
    @unsafe var digest: OpaquePointer? {
        switch self.kind {
        case .rsa2048, .rsa3072, .rsa4096, .ecP256: unsafe EVP_sha256()
        case .ecP384: unsafe EVP_sha384()
        case .ecP521: unsafe EVP_sha512()
        }
    }

    // OpenSSL's names of the curves.
    private static var p256Name: String { "prime256v1" }
    private static var p384Name: String { "secp384r1" }
    private static var p521Name: String { "secp521r1" }

    @unsafe private static func curveName(of key: OpaquePointer) -> String? {
        let capacity = 64
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
            var count = 0
            guard let start = buffer.baseAddress, unsafe EVP_PKEY_get_group_name(key, start, capacity, &count) == 1 else { return nil }
            return unsafe String(cString: start)
        }
    }
}
