// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import Testing

/// A file of the fixtures as a JSON value.
func fixture(_ name: String) throws -> JSONValue {
    let url = try #require(Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
    return try JSONValue(parsing: Array(try Data(contentsOf: url)))
}

extension JSONValue {
    /// The number as the nearest one of 64 bits.
    var doubleValue: Double? { self.numberValue.flatMap { Double($0.description) } }
}
