// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import CloudEvents
import Foundation
import JSONCoding

/// Events and payloads of Tests/Fixtures.
enum Sample {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures")

    static let names = [
        "01-gen1-io.lamassu.ca.create", "02-gen2-io.lamassuiot.certificate.update", "03-ca.create", "04-ca.metadata.update",
        "05-ca.sign.signature", "06-certificate.status.update", "07-certificate.metadata.update", "08-dms.create", "09-dms.update",
        "10-dms.bind-device-id", "11-device.metadata.update", "12-va.role.update",
    ]

    /// A whole event.
    static func bytes(_ name: String) throws -> [UInt8] { try self.read("lamassu-events/\(name)") }

    /// A whole event.
    static func event(_ name: String) throws -> CloudEvent { try CloudEvent(decoding: self.bytes(name), format: .json) }

    /// The attribute `data` of a sample.
    static func payload(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: self.bytes(name))["data"] ?? .null
    }

    /// The payload of a schema, with all the members that its first release knew.
    static func payload(ofSchema name: String, version: Int) throws -> [UInt8] { try self.read("lamassu-payloads/\(name).v\(version)") }

    /// An event of an older generation.
    static func legacyEvent(_ type: String) throws -> CloudEvent {
        try CloudEvent(decoding: self.read("lamassu-legacy/\(type)"), format: .json)
    }

    private static func read(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self.fixtures.appending(path: "\(path).json")))
    }
}
