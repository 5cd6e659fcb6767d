// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// Whether the devices of a CA register themselves when they first connect; AWS may add new ones.
public struct AutoRegistrationStatus: RawRepresentable, Hashable, Sendable, JSONDecodable {
    /// The status as AWS writes it.
    public let rawValue: String

    /// The status of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// They do.
    public static let enable = AutoRegistrationStatus(rawValue: "ENABLE")
    /// They do not.
    public static let disable = AutoRegistrationStatus(rawValue: "DISABLE")

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.rawValue = try reader.readString() }
}
