// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// What of a function's log comes with the answer.
public struct LogType: RawRepresentable, Hashable, Sendable {
    /// The choice as AWS writes it.
    public let rawValue: String

    /// The choice of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Nothing.
    public static let none = LogType(rawValue: "None")
    /// The last 4 KB; with ``InvocationType/requestResponse`` only.
    public static let tail = LogType(rawValue: "Tail")
}
