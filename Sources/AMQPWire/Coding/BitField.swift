// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The octet that up to eight consecutive bit fields of a method share, the first in the lowest bit.
struct BitField {
    let rawValue: UInt8

    subscript(_ index: Int) -> Bool { self.rawValue >> index & 1 == 1 }
}
