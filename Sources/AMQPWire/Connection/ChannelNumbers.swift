// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// The channel numbers of a connection: which are in use, and which comes next.
///
/// A number that is free again is given out only when no fresh one is left, the one that was freed first before the others.
struct ChannelNumbers {
    let maximum: UInt16
    private var isUsed: [Bool] = []
    private var freed = FIFOQueue<UInt16>()

    init(maximum: UInt16) { self.maximum = maximum }

    mutating func take() -> UInt16? {
        if self.isUsed.count < Int(self.maximum) {
            self.isUsed.append(true)
            return UInt16(self.isUsed.count)
        }
        guard let number = self.freed.popFirst() else { return nil }
        self.isUsed[Int(number) - 1] = true
        return number
    }

    /// Takes a certain number; says whether it was free and is not above the maximum.
    mutating func take(_ number: UInt16) -> Bool {
        guard number > 0, number <= self.maximum, !self.contains(number) else { return false }
        while self.isUsed.count < Int(number) {
            self.isUsed.append(false)
            if self.isUsed.count < Int(number) { self.freed.append(UInt16(self.isUsed.count)) }
        }
        _ = self.freed.removeFirst { $0 == number }
        self.isUsed[Int(number) - 1] = true
        return true
    }

    mutating func release(_ number: UInt16) {
        guard self.contains(number) else { return }
        self.isUsed[Int(number) - 1] = false
        self.freed.append(number)
    }

    func contains(_ number: UInt16) -> Bool {
        number > 0 && Int(number) <= self.isUsed.count && self.isUsed[Int(number) - 1]
    }
}
