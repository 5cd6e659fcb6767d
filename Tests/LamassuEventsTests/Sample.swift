// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding

/// A sample event of Tests/Fixtures/lamassu-events.
enum Sample {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fixtures/lamassu-events")

    static let names = [
        "01-gen1-io.lamassu.ca.create", "02-gen2-io.lamassuiot.certificate.update", "03-ca.create", "04-ca.metadata.update",
        "05-ca.sign.signature", "06-certificate.status.update", "07-certificate.metadata.update", "08-dms.create", "09-dms.update",
        "10-dms.bind-device-id", "11-device.metadata.update", "12-va.role.update",
    ]

    static func bytes(_ name: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: self.folder.appending(path: "\(name).json")))
    }

    /// The attribute `data` of a sample.
    static func payload(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: self.bytes(name))["data"] ?? .null
    }
}
