// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The specification's table of constants, methods and properties, as `Fixtures/derive.py` took it from the XML.
struct SpecificationTable: Decodable {
    struct ReplyCode: Decodable {
        var name: String
        var value: UInt16
        var `class`: String?
    }

    struct Field: Decodable {
        var name: String
        var type: String

        init(from decoder: any Decoder) throws {
            let pair = try [String](from: decoder)
            guard pair.count == 2 else { throw CocoaError(.coderInvalidValue) }
            (self.name, self.type) = (pair[0], pair[1])
        }

        var isReserved: Bool { self.name.hasPrefix("reserved") }
    }

    struct Method: Decodable, CustomTestStringConvertible {
        var classID: UInt16
        var methodID: UInt16
        var name: String
        var content: Bool
        var fields: [Field]

        var testDescription: String { self.name }
    }

    var frameConstants: [String: Int]
    var replyCodes: [ReplyCode]
    var properties: [Field]
    var methods: [Method]

    static func load() throws -> SpecificationTable {
        try JSONDecoder().decode(SpecificationTable.self, from: Data(Fixture.bytes(of: "amqp-0-9-1.json")))
    }
}

/// Makes a Swift name of one of the specification's: `delivery-tag` becomes `deliveryTag`, `class-id` becomes `classID`.
func swiftName(_ name: String) -> String {
    if name == "nowait" { return "noWait" }
    let words = name.split(separator: /[-.]/)
    return words.enumerated().map { index, word in
        if index == 0 { String(word) } else if word == "id" { "ID" } else { word.prefix(1).uppercased() + word.dropFirst() }
    }.joined()
}
