// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The serial number of a certificate (RFC 5280 section 4.1.2.2).
public struct CertificateSerialNumber: Hashable, Sendable, CustomStringConvertible {
    /// The most bytes a serial number may have.
    public static let maximumByteCount = 20

    /// The magnitude, most significant byte first, without leading zeros; one zero byte for the number 0.
    public let magnitude: [UInt8]
    /// Whether the number is below zero, which no authority should issue but some did.
    public let isNegative: Bool

    init(magnitude: [UInt8], isNegative: Bool) {
        let significant = magnitude.drop { $0 == 0 }
        self.magnitude = significant.isEmpty ? [0] : Array(significant)
        self.isNegative = isNegative
    }

    /// Takes the number from hexadecimal digits, as ``hexadecimal`` writes them.
    ///
    /// - Parameter hexadecimal: an even number of digits without separators, for a number above 0 of at most 20 bytes.
    /// - Throws: ``CryptoError/Code/invalidArgument`` for other text.
    public init(hexadecimal: String) throws(CryptoError) {
        guard let bytes = Hexadecimal.decode(hexadecimal), bytes.count <= Self.maximumByteCount, bytes.contains(where: { $0 != 0 }) else {
            throw CryptoError(.invalidArgument, message: "a serial number is 2 to 40 hexadecimal digits, an even number and not all 0")
        }
        self.init(magnitude: bytes, isNegative: false)
    }

    /// Makes a random number of 16 bytes, the first bit 0 so that the encoding is not longer.
    ///
    /// - Returns: the number.
    /// - Throws: ``CryptoError/Code/operationFailed`` when the random generator fails.
    public static func random() throws(CryptoError) -> CertificateSerialNumber {
        var bytes = try SecureRandom.bytes(count: 16)
        bytes[0] = bytes[0] & 0x3f | 0x40
        return CertificateSerialNumber(magnitude: bytes, isNegative: false)
    }

    /// The number as lower-case hexadecimal digits, an even number of them, without separators, as Lamassu writes it.
    public var hexadecimal: String { (self.isNegative ? "-" : "") + Hexadecimal.encode(self.magnitude.span) }

    /// The same as ``hexadecimal``.
    public var description: String { self.hexadecimal }
}
