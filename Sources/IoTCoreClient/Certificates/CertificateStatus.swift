// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// The status of a device certificate; AWS may add new ones.
public struct CertificateStatus: RawRepresentable, Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The status as AWS writes it.
    public let rawValue: String

    /// The status of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Devices may connect with it.
    public static let active = CertificateStatus(rawValue: "ACTIVE")
    /// Devices may not connect with it now.
    public static let inactive = CertificateStatus(rawValue: "INACTIVE")
    /// Devices may never connect with it again.
    public static let revoked = CertificateStatus(rawValue: "REVOKED")

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.rawValue = try reader.readString() }

    /// Writes a JSON string.
    public func encode(into writer: inout JSONWriter) { writer.string(self.rawValue) }
}
