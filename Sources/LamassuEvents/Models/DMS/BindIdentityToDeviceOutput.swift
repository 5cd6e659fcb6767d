// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

public import JSONCoding

/// A certificate became the identity of a device; each part may be missing.
public struct BindIdentityToDeviceOutput: Hashable, Sendable, JSONDecodable, JSONEncodable {
    /// The certificate.
    public var certificate: Certificate?
    /// The DMS through which the device came.
    public var dms: DMS?
    /// The device.
    public var device: Device?
    /// Members that this release does not know, kept for writing.
    public var additional: [JSONValue.Member]

    /// Makes a payload; each parameter is the property of its name.
    public init(certificate: Certificate?, dms: DMS?, device: Device?, additional: [JSONValue.Member] = []) {
        self.certificate = certificate
        self.dms = dms
        self.device = device
        self.additional = additional
    }

    /// Reads the JSON object.
    public init(from reader: inout JSONReader) throws(JSONError) {
        self.init(certificate: nil, dms: nil, device: nil)
        try reader.beginObject()
        while let key = try reader.nextKey() {
            switch key {
            case "certificate": self.certificate = try Optional(from: &reader)
            case "dms": self.dms = try Optional(from: &reader)
            case "device": self.device = try Optional(from: &reader)
            default: try self.additional.keep(key, from: &reader)
            }
        }
    }

    /// Writes the JSON object; a part that is missing is `null`.
    public func encode(into writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("certificate", self.certificate)
        writer.member("dms", self.dms)
        writer.member("device", self.device)
        writer.members(self.additional)
        writer.endObject()
    }
}
