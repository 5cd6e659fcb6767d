// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import TestSupport

extension SeededGenerator {
    /// Up to `count` bytes.
    mutating func bytes(upTo count: Int) -> [UInt8] {
        (0..<Int.random(in: 0...count, using: &self)).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }

    /// A copy of `bytes` with one to four bytes changed.
    mutating func mutation(of bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &self) {
            bytes[Int.random(in: bytes.indices, using: &self)] = UInt8.random(in: .min ... .max, using: &self)
        }
        return bytes
    }
}
