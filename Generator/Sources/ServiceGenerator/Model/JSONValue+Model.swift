// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension JSONValue {
    /// The members of an object; none in anything else.
    var members: [Member] { self.objectValue ?? [] }

    func object(_ key: String) throws -> JSONValue {
        guard let value = self[key], value.kind == .object else { throw GeneratorError("the model has no object \(key)") }
        return value
    }

    func text(_ key: String) throws -> String {
        guard let value = self[key]?.stringValue else { throw GeneratorError("the model has no text \(key)") }
        return value
    }

    func flag(_ key: String) -> Bool { self[key]?.boolValue == true }

    /// Refuses what this generator would overlook.
    func check(_ kind: String, knows keys: Set<String>) throws {
        let unknown = Set(self.members.map(\.key)).subtracting(keys)
        guard unknown.isEmpty else { throw GeneratorError("\(kind) has \(unknown.sorted().joined(separator: ", ")), which is not known") }
    }
}
