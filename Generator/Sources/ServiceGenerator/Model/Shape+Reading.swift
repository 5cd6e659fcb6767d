// This source file is part of lamassu-cloud.
// SPDX-License-Identifier: Apache-2.0

import JSONCoding

extension Shape {
    /// What says nothing about the wire, or is not checked by a client.
    private static let ignored: Set<String> = [
        "documentation", "min", "max", "pattern", "box", "deprecated", "deprecatedMessage", "deprecatedSince", "error", "exception",
        "fault",
        "sensitive", "streaming", "event", "eventstream",
    ]

    init(_ name: String, _ value: JSONValue) throws {
        try value.check(
            "the shape \(name)",
            knows: Self.ignored.union(["type", "members", "required", "member", "key", "value", "enum", "payload", "flattened"])
        )
        self.name = name
        switch try value.text("type") {
        case "structure": self.kind = .structure
        case "string": self.kind = .string
        case "integer", "long": self.kind = .integer
        case "float", "double": self.kind = .float
        case "boolean": self.kind = .boolean
        case "timestamp": self.kind = .timestamp
        case "blob": self.kind = .blob
        case "list": self.kind = .list(element: try value.object("member").text("shape"))
        case "map": self.kind = .map(value: try value.object("value").text("shape"))
        case let type: throw GeneratorError("the shape \(name) is of type \(type), which is not known")
        }
        self.members = try value["members"]?.members.map { try Member($0.key, $0.value) } ?? []
        self.required = Set(value["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        self.values = value["enum"]?.arrayValue?.compactMap(\.stringValue) ?? []
        if let key = value["key"]?["locationName"]?.stringValue { self.entryNames[0] = key }
        if let value = value["value"]?["locationName"]?.stringValue { self.entryNames[1] = value }
        self.payload = value["payload"]?.stringValue
        if value.flag("exception") { self.errorCode = value["error"]?["code"]?.stringValue ?? name }
        self.isSensitive = value.flag("sensitive")
        self.isEventStream = value.flag("eventstream")
    }
}

extension Member {
    init(_ name: String, _ value: JSONValue) throws {
        try value.check(
            "the member \(name)",
            knows: [
                "shape", "documentation", "location", "locationName", "idempotencyToken", "box", "deprecated", "deprecatedMessage",
                "deprecatedSince", "jsonvalue", "flattened", "eventpayload",
            ])
        self.name = name
        self.wireName = value["locationName"]?.stringValue ?? name
        self.shape = try value.text("shape")
        if let text = value["location"]?.stringValue {
            guard let location = Location(rawValue: text) else {
                throw GeneratorError("the member \(name) is at \(text), which is not known")
            }
            self.location = location
        }
        self.isIdempotencyToken = value.flag("idempotencyToken")
        self.isJSONValue = value.flag("jsonvalue")
        self.isEventPayload = value.flag("eventpayload")
    }
}
