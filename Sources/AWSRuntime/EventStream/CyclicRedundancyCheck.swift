// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The checksum of 32 bits by the polynomial of IEEE 802.3, as event streams have it.
enum CyclicRedundancyCheck {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    /// The checksum of bytes.
    static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var value = ~UInt32(0)
        for byte in bytes { value = value >> 8 ^ Self.table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
        return ~value
    }
}
