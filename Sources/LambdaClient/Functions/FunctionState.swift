// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Whether a function can be invoked; AWS may add new states.
public struct FunctionState: RawRepresentable, Hashable, Sendable, JSONDecodable {
    /// The state as AWS writes it.
    public let rawValue: String

    /// The state of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// AWS makes it ready.
    public static let pending = FunctionState(rawValue: "Pending")
    /// It can be invoked.
    public static let active = FunctionState(rawValue: "Active")
    /// It was idle for long; the next invocation makes it ready again.
    public static let inactive = FunctionState(rawValue: "Inactive")
    /// It cannot be invoked.
    public static let failed = FunctionState(rawValue: "Failed")

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.rawValue = try reader.readString() }
}
