// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Makes the ids of a client's calls: UUIDs (RFC 9562 version 4) whose first half is random for the client, and whose second half counts from
/// a random number on, because a random number for each call would be a system call for each.
struct InvocationIDs: ~Copyable, Sendable {
    private let client = UInt64.random(in: .min ... .max) & ~0xf000 | 0x4000
    private let count = Atomic(UInt64.random(in: .min ... .max))

    func next() -> String {
        let number = self.count.wrappingAdd(1, ordering: .relaxed).newValue & ~(0b11 << 62) | 0b10 << 62
        var digits = InlineArray<36, UInt8>(repeating: UInt8(ascii: "-"))
        var position = 0
        for nibble in 0..<32 {
            if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { position += 1 }
            let half = nibble < 16 ? self.client : number
            let value = UInt8(truncatingIfNeeded: half >> UInt64(60 - nibble % 16 * 4) & 15)
            digits[position] = value < 10 ? 0x30 + value : 0x57 + value
            position += 1
        }
        return unsafe String(unsafeUninitializedCapacity: 36) { buffer in
            for index in digits.indices { unsafe buffer[index] = digits[index] }
            return digits.count
        }
    }
}
