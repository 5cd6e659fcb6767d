// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONCoding
import Testing

/// The cases of `Vectors/vectors.json`.
struct Vectors {
    /// One case.
    struct Case {
        let name: String
        let requirement: String
        let kind: String
        let content: JSONValue

        var expected: JSONValue { self.content["expected"] ?? .null }

        /// Whether the event is to be taken; where the text leaves it open, what this project decided.
        var isAccepted: Bool {
            let verdict = self.expected["verdict"]?.stringValue
            return (verdict == "choice" ? self.expected["recommended"]?.stringValue : verdict) == "accept"
        }

        /// The bytes to decode.
        func input() throws -> [UInt8] {
            if let text = self.content["input"]?.stringValue { return Array(text.utf8) }
            if let text = self.content["input_base64"]?.stringValue { return try #require(Base64.decode(text)) }
            return try #require(self.content["input_parts"]?.arrayValue).flatMap { part in
                let text = try #require(part["text"]?.stringValue)
                return Array(String(repeating: text, count: try #require(part["repeat"]?.numberValue?.integer())).utf8)
            }
        }
    }

    /// The cases of the kinds whose names begin with `json-`.
    static let json: [Case] = {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/vectors.json")
        guard let bytes = try? Data(contentsOf: file), let root = try? JSONValue(parsing: Array(bytes)) else { return [] }
        return (root["cases"]?.arrayValue ?? []).compactMap { content in
            guard let name = content["name"]?.stringValue, let requirement = content["requirement"]?.stringValue,
                let kind = content["kind"]?.stringValue, kind.hasPrefix("json-")
            else { return nil }
            return Case(name: name, requirement: requirement, kind: kind, content: content)
        }
    }()
}
