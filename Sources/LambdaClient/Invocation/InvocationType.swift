// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

/// How a function is invoked; AWS may add new ways.
public struct InvocationType: RawRepresentable, Hashable, Sendable {
    /// The way as AWS writes it.
    public let rawValue: String

    /// The way of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The answer comes when the function has ended, with what it returned.
    public static let requestResponse = InvocationType(rawValue: "RequestResponse")
    /// The answer comes when AWS has queued the event; what the function returns goes nowhere.
    public static let event = InvocationType(rawValue: "Event")
    /// Nothing is invoked: AWS checks the input and whether the caller may invoke the function.
    public static let dryRun = InvocationType(rawValue: "DryRun")
}
