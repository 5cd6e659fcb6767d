// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Whole milliseconds, rounded up, from `minimum` to what 32 bits hold.
    package func milliseconds(atLeast minimum: Int32) -> Int32 {
        let (seconds, attoseconds) = self.components
        guard seconds >= 0, attoseconds >= 0 else { return minimum }
        guard seconds < Int64(Int32.max / 1_000) else { return .max }
        let part = attoseconds / 1_000_000_000_000_000
        let isExact = attoseconds % 1_000_000_000_000_000 == 0
        return max(minimum, Int32(seconds * 1_000 + part + (isExact ? 0 : 1)))
    }
}
