// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The 32 bytes that SHA-256 (FIPS 180-4) or HMAC-SHA256 (RFC 2104) yields.
///
/// Comparing two digests takes the same time wherever they differ.
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
    /// How many bytes a digest has.
    public static let byteCount = 32

    /// The bytes, without an allocation.
    public let inlineBytes: InlineArray<32, UInt8>

    init(_ bytes: InlineArray<32, UInt8>) { self.inlineBytes = bytes }

    /// The bytes.
    public var bytes: [UInt8] { self.inlineBytes.indices.map { self.inlineBytes[$0] } }

    /// The bytes as 64 lower-case hexadecimal digits.
    public var hexadecimal: String { Hexadecimal.encode(self.inlineBytes.span) }

    /// The bytes as 44 characters of base64 (RFC 4648 section 4), as checksums stand in header fields.
    public var base64: String { String(decoding: Base64.encode(self.bytes), as: UTF8.self) }

    /// The same as ``hexadecimal``.
    public var description: String { self.hexadecimal }

    /// Compares in constant time.
    public static func == (left: SHA256Digest, right: SHA256Digest) -> Bool {
        ConstantTime.areEqual(left.inlineBytes.span, right.inlineBytes.span)
    }

    /// Hashes all bytes.
    public func hash(into hasher: inout Hasher) {
        for index in self.inlineBytes.indices { hasher.combine(self.inlineBytes[index]) }
    }
}
