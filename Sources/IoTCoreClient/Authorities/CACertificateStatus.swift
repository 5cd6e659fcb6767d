// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// The status of a CA certificate; AWS may add new ones.
public struct CACertificateStatus: RawRepresentable, Hashable, Sendable, JSONDecodable {
    /// The status as AWS writes it.
    public let rawValue: String

    /// The status of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Certificates it signed can be registered.
    public static let active = CACertificateStatus(rawValue: "ACTIVE")
    /// No certificate it signed can be registered.
    public static let inactive = CACertificateStatus(rawValue: "INACTIVE")

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.rawValue = try reader.readString() }
}
