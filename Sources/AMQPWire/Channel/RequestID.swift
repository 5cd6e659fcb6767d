// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// A number for one who waits for a machine's answer: the caller's continuation is kept elsewhere, under this number.
package struct RequestID: Hashable, Comparable, Sendable {
    package let rawValue: UInt64

    package init(_ rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (left: RequestID, right: RequestID) -> Bool { left.rawValue < right.rawValue }
}
