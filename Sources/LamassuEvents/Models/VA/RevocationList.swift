// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A revocation list as Go writes its `x509.RevocationList`: under the names of its fields there.
///
/// Kept as the JSON it is, for Go may add to it; what matters has accessors. ``der`` is the list itself, signed by its CA, and the only
/// part that can be verified.
public struct RevocationList: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The JSON object.
    public var value: JSONValue

    /// Makes a revocation list.
    ///
    /// - Parameter value: the JSON object.
    public init(_ value: JSONValue) { self.value = value }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        let offset = reader.offset
        self.value = try JSONValue(from: &reader)
        guard self.value.objectValue != nil else {
            throw JSONError(.typeMismatch, at: offset, message: "a revocation list is an object, and not \(self.value.kind.rawValue)")
        }
    }

    /// Writes the JSON object.
    public func encode(into writer: inout JSONWriter) { writer.value(self.value) }
}

extension RevocationList {
    /// The signed list (RFC 5280, section 5), in DER; `nil` where the member `Raw` is missing or is not base64.
    public var der: [UInt8]? { self.value["Raw"]?.stringValue.flatMap { Base64.decode($0) } }

    /// The number of the list, of up to 20 octets.
    public var number: JSONNumber? { self.value["Number"]?.numberValue }

    /// When it was made: RFC 3339 text as it was written.
    public var thisUpdate: String? { self.value["ThisUpdate"]?.stringValue }

    /// When the next one comes: RFC 3339 text as it was written.
    public var nextUpdate: String? { self.value["NextUpdate"]?.stringValue }

    /// The revoked certificates; those without a serial number are passed over.
    public var entries: [Entry] {
        (self.value["RevokedCertificateEntries"]?.arrayValue ?? []).compactMap { entry in
            guard let serialNumber = entry["SerialNumber"]?.numberValue else { return nil }
            return Entry(
                serialNumber: serialNumber, revocationTime: entry["RevocationTime"]?.stringValue,
                reasonCode: entry["ReasonCode"]?.numberValue?.integer())
        }
    }

    /// One revoked certificate.
    public struct Entry: Hashable, Sendable {
        /// Its serial number, of up to 20 octets: decimal here, hexadecimal in every other payload.
        public var serialNumber: JSONNumber
        /// When it was revoked: RFC 3339 text as it was written.
        public var revocationTime: String?
        /// Why it was revoked, as a number of RFC 5280, section 5.3.1.
        public var reasonCode: Int?
    }
}
