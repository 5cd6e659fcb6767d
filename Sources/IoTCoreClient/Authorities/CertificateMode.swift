// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import AWSRuntime

/// How AWS tells which account a CA's devices belong to; AWS may add new ones.
public struct CertificateMode: RawRepresentable, Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The mode as AWS writes it.
    public let rawValue: String

    /// The mode of a text.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// By the CA, which one account of a region has registered with a proof of its key.
    public static let `default` = CertificateMode(rawValue: "DEFAULT")
    /// By the server name the device asks for, so that several accounts can register the CA, without proof.
    public static let sniOnly = CertificateMode(rawValue: "SNI_ONLY")

    /// Reads a JSON string.
    public init(from reader: inout JSONReader) throws(JSONError) { self.rawValue = try reader.readString() }

    /// Writes a JSON string.
    public func encode(into writer: inout JSONWriter) { writer.string(self.rawValue) }
}
